import Autodiff
import Kernels
import Tensors

/// Muon: a matrix moves by its momentum made orthogonal, so that every direction of it is learnt at the same pace.
///
/// Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks": momentum 0.95 after Nesterov, five
/// Newton–Schulz steps, each move scaled by `√max(1, rows/columns)`. Its learning rate is 20 times that of AdamW for the
/// other weights; decay is AdamW's, `1 − learningRate·weightDecay`.
struct Muon: ~Copyable {
    private struct Matrix {
        var range: Range<Int>
        var rows, columns: Int
        var decay, rate: Float
    }

    private static let momentum: Float = 0.95, rateRatio: Float = 20

    private let matrices: [Matrix]
    private var scratch: NewtonSchulz

    /// Each matrix with its share of the learning rate.
    init(_ parameters: [(ParameterStore.Parameter, rate: Float)], weightDecay: Float) {
        matrices = parameters.map { parameter, rate in
            Matrix(
                range: parameter.tensor.range, rows: parameter.tensor.count / parameter.tensor.width,
                columns: parameter.tensor.width, decay: parameter.decays ? weightDecay : 0, rate: rate)
        }
        scratch = NewtonSchulz(
            largest: matrices.map(\.range.count).max() ?? 0, side: matrices.map { min($0.rows, $0.columns) }.max() ?? 0)
    }

    /// Moves its weights against their gradients.
    mutating func update(
        _ weights: inout MutableSpan<Float>, _ gradients: Span<Float>, _ moments: inout Moments, _ step: OptimizerStep
    ) {
        let fresh = (1 - Self.momentum) * step.gradientScale
        for matrix in matrices {
            let gradient = gradients.extracting(matrix.range)
            moments.write(second: false, matrix.range) { mean in
                scratch.fill(matrix.range.count) { direction in
                    for i in gradient.indices {
                        let mixed = Self.momentum * mean[i] + fresh * gradient[i]
                        mean[i] = mixed
                        direction[i] = Self.momentum * mixed + fresh * gradient[i]
                    }
                }
            }
            let rate = Self.rateRatio * max(1, Float(matrix.rows) / Float(matrix.columns)).squareRoot()
            let learningRate = step.learningRate * matrix.rate
            let keep = 1 - learningRate * matrix.decay, pace = learningRate * rate
            scratch.orthogonalize(rows: matrix.rows, columns: matrix.columns)
            scratch.read(matrix.range.count) { direction in
                weights.lend(matrix.range) { moved in
                    for i in direction.indices { moved[i] = keep * moved[i] - pace * direction[i] }
                }
            }
        }
    }
}

/// Makes a matrix nearly orthogonal: its singular values come near 1, its singular vectors stay.
///
/// Five steps `X ← aX + (bA + cA²)X` with `A = XXᵀ` after `X ← X/‖X‖`; a 3.4445, b −4.7750, c 2.0315 lift small singular
/// values fast and leave all between about 0.7 and 1.2. Where there are more rows than columns, `A = XᵀX` from the right.
struct NewtonSchulz: ~Copyable {
    private let largest, side: Int
    private var floats: FloatBuffer  // the matrix, A, bA + cA², the next matrix

    /// Room for a matrix of up to `largest` floats whose shorter side is at most `side`.
    init(largest: Int, side: Int) {
        self.largest = largest
        self.side = side
        floats = FloatBuffer(count: 2 * largest + 2 * side * side)
    }

    /// Lends the first `count` floats of the matrix for writing.
    mutating func fill(_ count: Int, _ body: (inout MutableSpan<Float>) -> Void) { floats.write(0..<count, body) }

    /// Lends the first `count` floats of the matrix.
    func read(_ count: Int, _ body: (Span<Float>) -> Void) { floats.read { body($0.extracting(0..<count)) } }

    /// Replaces the matrix `[rows, columns]`.
    mutating func orthogonalize(rows: Int, columns: Int) {
        let count = rows * columns, s = min(rows, columns), isWide = rows <= columns
        let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)
        let matrix = 0..<count, gram = largest..<largest + s * s
        let mixed = largest + side * side..<largest + side * side + s * s
        let next = largest + 2 * side * side..<largest + 2 * side * side + count

        let length = Float(floats.read { sumOfSquares($0.extracting(matrix)) }.squareRoot())
        floats.write(matrix) { x in for i in 0..<count { x[i] /= length + 1e-7 } }
        for _ in 0..<5 {
            floats.update(gram, reading: matrix) { x, gram in
                matrixProduct(
                    x, x, transposingLeft: !isWide, transposingRight: isWide, rows: s, columns: s,
                    inner: count / s, into: &gram)
            }
            floats.update(mixed, reading: gram) { gram, mixed in
                matrixProduct(gram, gram, rows: s, columns: s, inner: s, into: &mixed)
                for i in 0..<s * s { mixed[i] = b * gram[i] + c * mixed[i] }
            }
            floats.append(next) { behind, next in
                let x = behind.extracting(matrix), mixed = behind.extracting(mixed)
                for i in 0..<count { next[i] = a * x[i] }
                matrixProduct(
                    isWide ? mixed : x, isWide ? x : mixed, rows: rows, columns: columns, inner: s, into: &next,
                    accumulating: true)
            }
            floats.move(next, to: 0)
        }
    }
}
