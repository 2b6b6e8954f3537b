import Kernels

/// A transform that is ready: `y = W·(x − μ)`, or the first numbers of `x − μ` where there is no W.
public struct FittedTransform: Sendable, Equatable {
    /// The word that names the transform it was fitted as.
    public let name: String
    /// Length of the embeddings that go in, and of those that come out.
    public let inputDim, outputDim: Int
    /// What is taken off first, `[inputDim]`; empty for nothing.
    let mean: [Float]
    /// `[outputDim, inputDim]`; empty where the first `outputDim` numbers are kept.
    let matrix: [Float]

    /// A transform with the given numbers.
    package init(_ name: String, inputDim: Int, outputDim: Int, mean: [Float] = [], matrix: [Float] = []) {
        precondition(mean.isEmpty || mean.count == inputDim, "a mean of \(mean.count), expected \(inputDim)")
        precondition(
            matrix.isEmpty ? outputDim <= inputDim : matrix.count == inputDim * outputDim,
            "a matrix of \(matrix.count) numbers from \(inputDim) to \(outputDim) dimensions")
        (self.name, self.inputDim, self.outputDim, self.mean, self.matrix) = (name, inputDim, outputDim, mean, matrix)
    }

    /// Transforms `rows`, `[count, inputDim]`, to `[count, outputDim]`.
    ///
    /// A row's bits do not depend on the rows beside it. Whatever is stored in an index, or compared by cosines, is to
    /// be `normalized` to length one afterwards; left as they are, projections keep distances as their bound says, and
    /// whitened rows have variance one. A row of zeros stays one.
    public func apply(to rows: Span<Float>, normalized: Bool = true) -> [Float] {
        let count = rows.count / inputDim, block = 4096
        precondition(rows.count == count * inputDim, "\(rows.count) floats are no rows of \(inputDim)")
        var result = [Float](repeating: 0, count: count * outputDim), all = result.mutableSpan
        for first in stride(from: 0, to: count, by: block) {
            let some = first..<min(first + block, count)
            let input = rows.extracting(some.lowerBound * inputDim..<some.upperBound * inputDim)
            all.lend(some.lowerBound * outputDim..<some.upperBound * outputDim) { output in
                transform(input, into: &output)
            }
        }
        return normalized ? unitLength(result, width: outputDim) : result
    }

    private func transform(_ input: Span<Float>, into output: inout MutableSpan<Float>) {
        guard !matrix.isEmpty else {
            return parallelRows(of: &output, width: outputDim, rowsPerTask: 256) { first, rows in
                for row in 0..<rows.count / outputDim {
                    for i in 0..<outputDim {
                        rows[row * outputDim + i] = input[(first + row) * inputDim + i] - (mean.isEmpty ? 0 : mean[i])
                    }
                }
            }
        }
        guard !mean.isEmpty else { return product(input, into: &output) }
        var centred = [Float](repeating: 0, count: input.count), target = centred.mutableSpan
        parallelRows(of: &target, width: inputDim, rowsPerTask: 256) { first, rows in
            for row in 0..<rows.count / inputDim {
                let start = row * inputDim
                for i in 0..<inputDim { rows[start + i] = input[first * inputDim + start + i] - mean[i] }
            }
        }
        product(centred.span, into: &output)
    }

    private func product(_ input: Span<Float>, into output: inout MutableSpan<Float>) {
        matrixProduct(
            input, matrix.span, transposingRight: true, rows: input.count / inputDim, columns: outputDim,
            inner: inputDim, into: &output)
    }
}
