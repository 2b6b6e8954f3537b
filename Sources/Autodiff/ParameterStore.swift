public import Tensors

/// The parameters of a model, in the order in which they were declared: names, shapes, initial values.
///
/// The store is a plan: the floats lie at the head of the tape that is made from it.
public struct ParameterStore: Sendable {
    /// What a parameter holds before training.
    public enum Initial: Sendable, Equatable {
        case zeros, ones
        case constant(Float)
        /// Normal with mean 0, from the seed, the parameter's number and nothing else.
        case normal(deviation: Float)
        /// These, row by row.
        case values([Float])
        /// What a parameter that was declared before begins with.
        case copy(of: Tensor)
    }

    /// One named tensor that training changes.
    public struct Parameter: Sendable, Equatable {
        /// Its name, as files spell it.
        public let name: String
        /// Where it lies.
        public let tensor: Tensor
        /// What it holds before training.
        public let initial: Initial
        /// Whether weight decay pulls it towards zero.
        public let decays: Bool
        /// Whether it is a matrix from hidden rows to hidden rows, which an optimizer may treat as a whole.
        public let isHidden: Bool
        /// Whether an optimizer moves it; others change by what an objective does after a step.
        public let learns: Bool
    }

    /// All parameters, in order.
    public private(set) var parameters: [Parameter] = []
    /// The number of floats of all parameters.
    public private(set) var count = 0
    /// What stands before the names of a copy that is being declared.
    private var copyPrefix: String?

    /// No parameters yet.
    public init() {}

    /// Adds a parameter behind those that are there.
    public mutating func declare(
        _ name: String, _ shape: Shape, _ initial: Initial, decays: Bool, isHidden: Bool = false, learns: Bool = true
    ) -> Tensor {
        precondition(!isHidden || shape.rank == 2, "\(name) is no matrix: \(shape)")
        if case .values(let values) = initial {
            precondition(values.count == shape.count, "\(name) \(shape) begins with \(values.count) values")
        }
        let tensor = Tensor(offset: count, shape: shape)
        var initial = initial
        if copyPrefix != nil {
            guard let original = parameters.first(where: { $0.name == name }), original.tensor.shape == shape else {
                preconditionFailure("a copy of \(name) \(shape) is declared before it")
            }
            initial = .copy(of: original.tensor)
        }
        parameters.append(
            Parameter(
                name: (copyPrefix ?? "") + name, tensor: tensor, initial: initial, decays: decays, isHidden: isHidden,
                learns: learns && copyPrefix == nil))
        count += shape.count
        return tensor
    }

    /// Declares a copy of what `body` has declared before: `prefix` stands before each name, each begins with what its
    /// original begins with, and no optimizer moves it.
    public mutating func declareCopy<R>(named prefix: String, _ body: (inout ParameterStore) -> R) -> R {
        copyPrefix = prefix
        defer { copyPrefix = nil }
        return body(&self)
    }

    /// Where the parameters whose names begin with `prefix` lie, which were declared one behind the other.
    public func range(named prefix: String) -> Range<Int>? {
        let found = parameters.filter { $0.name.hasPrefix(prefix) }
        guard let first = found.first, let last = found.last else { return nil }
        let range = first.tensor.offset..<last.tensor.range.upperBound
        precondition(found.reduce(0) { $0 + $1.tensor.count } == range.count, "others stand between those of \(prefix)")
        return range
    }

    /// Adjacent tensors of the same width seen as one: `[sum of rows, width]`, or `[sum]` of vectors.
    public func joined(_ tensors: [Tensor]) -> Tensor {
        precondition(!tensors.isEmpty, "there is nothing to join")
        for (left, right) in zip(tensors, tensors.dropFirst()) {
            precondition(
                left.range.upperBound == right.offset && left.shape.rank == right.shape.rank
                    && (left.shape.rank == 1 || left.width == right.width),
                "\(left.shape) at \(left.offset) and \(right.shape) at \(right.offset) do not join")
        }
        let count = tensors.reduce(0) { $0 + $1.count }
        let isVector = tensors[0].shape.rank == 1
        return Tensor(
            offset: tensors[0].offset, shape: isVector ? [count] : [count / tensors[0].width, tensors[0].width])
    }

    /// The initial floats of all parameters, drawn from `seed`.
    func fill(_ floats: inout MutableSpan<Float>, seed: UInt64) {
        for (number, parameter) in parameters.enumerated() {
            let range = parameter.tensor.range
            switch parameter.initial {
            case .zeros: for i in range { floats[i] = 0 }
            case .ones: for i in range { floats[i] = 1 }
            case .constant(let value): for i in range { floats[i] = value }
            case .normal(let deviation):
                var random = SeededRandom(seed: seed, purpose: .weights, item: number)
                for i in range { floats[i] = deviation * random.normal() }
            case .values(let values): for (i, value) in zip(range, values) { floats[i] = value }
            case .copy(let original): for (i, from) in zip(range, original.range) { floats[i] = floats[from] }
            }
        }
    }
}
