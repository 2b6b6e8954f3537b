import Kernels
public import Tensors

/// Parameters, and the values of one step in the order in which they were made.
///
/// An operation reads what lies behind and writes what is new; `backward` walks the same list from its end. Values are
/// forgotten by `begin`; their memory stays, so that a step like the last one allocates none.
public struct Tape: ~Copyable {
    private struct Entry {
        let operation: any Operation
        let step: BackwardStep
    }

    private var values: FloatBuffer
    private var gradients: Gradients
    private var entries: [Entry] = []
    private var end: Int
    private(set) var isRecording = true
    let seed: UInt64
    /// The number that this step was begun with.
    public private(set) var stepNumber = 0
    /// Dropouts of this step so far.
    var dropoutCount = 0
    /// Where the first item of this step stands in the batch that luck is drawn for.
    private(set) var firstItem = 0
    /// The number of floats of all parameters.
    public let parameterCount: Int
    /// Weights as products read them, by their place; nil as long as parameters change.
    private var packedWeights: [Range<Int>: PackedMatrix]?
    /// Steps begun since parameters were fixed.
    private var stepsSinceFixed = 0

    /// A tape whose parameters hold their initial values.
    public init(parameters: ParameterStore, seed: UInt64) {
        parameterCount = parameters.count
        self.seed = seed
        end = parameterCount
        values = FloatBuffer(count: parameterCount)
        gradients = Gradients(parameterCount: parameterCount)
        values.write(0..<parameterCount) { parameters.fill(&$0, seed: seed) }
    }

    /// Begins a step: forgets the values of the last one. Only a recorded step can be differentiated; its number decides
    /// what is dropped out, and so does `firstItem` where it sees a part of a batch that begins there.
    public mutating func begin(recording: Bool, step: Int = 0, firstItem: Int = 0) {
        (stepNumber, dropoutCount, self.firstItem) = (step, 0, firstItem)
        stepsSinceFixed += 1
        entries.removeAll(keepingCapacity: true)
        end = parameterCount
        isRecording = recording
    }

    /// Values that come from outside: `fill` writes them all.
    public mutating func input(_ shape: Shape, _ fill: (inout MutableSpan<Float>) -> Void) -> Tensor {
        let tensor = reserve(shape)
        values.write(tensor.range, fill)
        return tensor
    }

    /// A number that no gradient moves: `[]`.
    public mutating func constant(_ value: Float) -> Tensor { input([]) { $0[0] = value } }

    /// Computes an operation, and remembers it for `backward`.
    public mutating func apply(_ operation: some Operation) -> Tensor {
        let y = reserve(operation.outputShape)
        let saved = isRecording ? reserve([operation.savedCount]).range : end..<end
        if operation.savedCount > 0 && !isRecording {
            let scratch = reserve([operation.savedCount])  // written, then forgotten
            values.append(y.range, scratch.range) { operation.forward($0, into: &$1, saving: &$2) }
            end = scratch.offset
        } else {
            values.append(y.range, saved) { operation.forward($0, into: &$1, saving: &$2) }
        }
        if isRecording { entries.append(Entry(operation: operation, step: BackwardStep(y: y, saved: saved))) }
        return y
    }

    /// Says which parameters learn. Those of others need not be made: for matrices, which cost a product, they are not.
    public mutating func learn(_ ranges: [Range<Int>]) { gradients.learning = ranges }

    /// Makes the gradients of all parameters: those of the scalar `loss`, in place of what they held, or added to it.
    public mutating func backward(from loss: Tensor, accumulating: Bool = false) {
        precondition(isRecording, "a step that is not recorded has no gradient")
        gradients.clear(keepingParameters: accumulating)
        gradients.start(at: loss)
        for entry in entries.reversed() {
            guard gradients.isPresent(entry.step.y) else { continue }
            values.read { entry.operation.backward(entry.step, $0, &gradients) }
            gradients.release(entry.step.y)
        }
    }

    private mutating func reserve(_ shape: Shape) -> Tensor {
        let tensor = Tensor(offset: end, shape: shape)
        end = tensor.range.upperBound
        if end > values.count { values.grow(to: end * 5 / 4, keeping: tensor.offset) }
        return tensor
    }

    // MARK: - Reading and writing

    /// Lends the floats of a tensor.
    public func read<R, E: Error>(_ tensor: Tensor, _ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
        try values.read { (all) throws(E) in try body(all.extracting(tensor.range)) }
    }

    /// The only float of a tensor.
    public func scalar(_ tensor: Tensor) -> Float { read(tensor) { $0[0] } }

    /// Lends the gradient of a parameter, or of an input of this step after `backward`.
    public mutating func readGradient<R>(_ tensor: Tensor, _ body: (Span<Float>) -> R) -> R {
        gradients.read(tensor, body)
    }

    /// Lends all parameters.
    public func readParameters<R, E: Error>(_ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
        try values.read { (all) throws(E) in try body(all.extracting(0..<parameterCount)) }
    }

    /// Lends the gradients of all parameters.
    public func readGradients<R>(_ body: (Span<Float>) -> R) -> R { gradients.readParameters(body) }

    /// Lends a parameter for writing.
    public mutating func write<R, E: Error>(
        _ parameter: Tensor, _ body: (inout MutableSpan<Float>) throws(E) -> R
    ) throws(E) -> R {
        packedWeights = nil
        return try values.write(parameter.range, body)
    }

    /// Lends all parameters and their gradients: the optimizer's turn.
    public mutating func update<R>(_ body: (inout MutableSpan<Float>, inout MutableSpan<Float>) -> R) -> R {
        packedWeights = nil
        return values.write(0..<parameterCount) { parameters in gradients.writeParameters { body(&parameters, &$0) } }
    }

    /// Moves some parameters towards others, one by one: `slow += share·(fast − slow)`.
    public mutating func follow(_ slow: Range<Int>, _ fast: Range<Int>, share: Float) {
        precondition(slow.count == fast.count, "\(slow.count) parameters cannot follow \(fast.count)")
        update { parameters, _ in
            for (a, b) in zip(slow, fast) { parameters[a] += share * (parameters[b] - parameters[a]) }
        }
    }

    /// Computes what has no gradient: `body` is not remembered, as if the step were not recorded.
    public mutating func withoutRecording<R>(_ body: (inout Tape) -> R) -> R {
        let before = isRecording
        isRecording = false
        defer { isRecording = before }
        return body(&self)
    }

    /// Says that parameters stay as they are from now on: what prepares a matrix for products is then done once, from the
    /// second step on; for a single one it would cost more than it saves.
    public mutating func fixParameters() { (packedWeights, stepsSinceFixed) = (packedWeights ?? [:], 0) }

    /// A weight as products read it; nil where it may still change.
    mutating func packed(_ weight: Tensor) -> PackedMatrix? {
        guard packedWeights != nil, stepsSinceFixed > 1, !isRecording, weight.range.upperBound <= parameterCount else {
            return nil
        }
        if let packed = packedWeights?[weight.range] { return packed }
        let packed = read(weight) { PackedMatrix(weight: $0, outputs: weight.rowCount, inputs: weight.width) }
        packedWeights?[weight.range] = packed
        return packed
    }

    // MARK: - Forgetting

    /// A point of the step to go back to.
    public struct Mark: Sendable { let end: Int }

    /// The present point of the step.
    public var mark: Mark { Mark(end: end) }

    /// Forgets all that came after `mark` but `kept`, which moves there. While recording, nothing is forgotten.
    public mutating func release(to mark: Mark, keeping kept: Tensor) -> Tensor {
        guard !isRecording, kept.offset > mark.end else { return kept }
        let moved = Tensor(offset: mark.end, shape: kept.shape)
        values.move(kept.range, to: moved.offset)
        end = moved.range.upperBound
        return moved
    }
}
