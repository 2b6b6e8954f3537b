import Autodiff
import Failures
import Kernels
import Layers
import Tensors
import Towers

/// The floats that a checkpoint keeps.
extension Trainer {
    /// Whether a checkpoint of this run holds `table`.
    func has(_ table: Checkpoint.Table) -> Bool { table != .average || settings.emaDecay != nil }

    /// Lends a table of floats, one for each weight.
    func read(_ table: Checkpoint.Table, _ body: (Span<Float>) throws(Failure) -> Void) throws(Failure) {
        switch table {
        case .weights: try tape.readParameters(body)
        case .firstMoments, .secondMoments: try optimizer.moments.read(second: table == .secondMoments, body)
        case .average: try average.floats.read(body)
        }
    }

    /// Lends the part of a table that belongs to the weights in `range`, for writing.
    mutating func write(
        _ table: Checkpoint.Table, _ range: Range<Int>, _ body: (inout MutableSpan<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        switch table {
        case .weights: try tape.write(Tensor(offset: range.lowerBound, shape: [range.count]), body)
        case .firstMoments: try optimizer.moments.write(second: false, range, body)
        case .secondMoments: try optimizer.moments.write(second: true, range, body)
        case .average: try average.floats.write(range, body)
        }
    }

    /// Lends the weights as a folder of the model has them: with their low-rank updates; and where features were
    /// standardized, the projections' first layers do that as well.
    func readModel(_ body: (Span<Float>) throws(Failure) -> Void) throws(Failure) {
        let updates = model.lowRankUpdates
        guard !(standardizations.isEmpty && updates.isEmpty) else { return try tape.readParameters(body) }
        var copy = FloatBuffer(count: store.count)
        tape.readParameters { weights in
            copy.write(0..<weights.count) { for i in weights.indices { $0[i] = weights[i] } }
        }
        for (side, standardization) in standardizations {
            let (weight, bias) = model.layers(of: side)[0], none = store.count..<store.count
            copy.update((weight.range, bias?.range ?? none, none, none), reading: none) { _, weight, bias, _, _ in
                standardization.fold(into: &weight, bias: &bias)
            }
        }
        for update in updates {
            copy.write(update.weight.range) { weight in
                tape.readParameters { weights in
                    matrixProduct(
                        weights.extracting(update.up.range), weights.extracting(update.down.range),
                        rows: update.weight.rowCount, columns: update.weight.width, inner: update.up.width,
                        into: &weight,
                        accumulating: true)
                }
            }
        }
        try copy.read(body)
    }

    /// Puts the averaged weights, where the run keeps them, in the place of the weights while `body` runs.
    mutating func withBestWeights<Result, E: Error>(
        _ body: (inout Trainer) throws(E) -> Result
    ) throws(E) -> Result {
        exchangeAverage()
        defer { exchangeAverage() }
        return try body(&self)
    }

    private mutating func exchangeAverage() { average.exchange(with: &tape) }

    // MARK: - Numbers that are none

    /// Stops where the loss or the gradient's length is not a number, and says where it began as far as that shows.
    func requireFinite(_ loss: Float, _ norm: Float, at step: Int) throws(Failure) {
        guard !(loss.isFinite && norm.isFinite) else { return }
        let found = loss.isFinite ? "the gradient is \(norm)" : "the loss is \(loss)"
        throw Failure(
            .badSettings, "stopped training", at: "step \(step)", because: "\(found); \(origin(loss))",
            try: "the last checkpoint is whole: train again with a lower --lr or a longer --warmup")
    }

    private func origin(_ loss: Float) -> String {
        let weights = store.parameters.first { parameter in
            tape.read(parameter.tensor) { floats in floats.indices.contains { !floats[$0].isFinite } }
        }
        if let weights { return "the weights \(weights.name) are no longer finite" }
        let scale = "all weights are finite" + (logitScale.map { " and the logit scale is \($0)" } ?? "")
        guard loss.isFinite else { return scale }
        let gradient = tape.readGradients { gradients in
            store.parameters.last { parameter in parameter.tensor.range.contains { !gradients[$0].isFinite } }
        }
        return gradient.map { "\(scale), the gradient of \($0.name) is not" } ?? scale
    }
}
