import Kernels
import Tensors

/// Gradients of a step: those of the parameters at the head, those of values behind, in places that are used again.
///
/// The gradient of a value gets a place, set to zero, when something is first added to it, and gives it back when the
/// operation that made the value has passed it on.
public struct Gradients: ~Copyable {
    private var floats: FloatBuffer
    private let parameterCount: Int
    /// The parameters that learn: all where nil.
    var learning: [Range<Int>]?
    private var places: [Int: Range<Int>] = [:]  // from a value's offset
    private var free: [Range<Int>] = []  // ascending, never adjacent
    private var end: Int

    init(parameterCount: Int) {
        floats = FloatBuffer(count: parameterCount)
        self.parameterCount = parameterCount
        end = parameterCount
    }

    /// Lends the parameters' gradients.
    func readParameters<R>(_ body: (Span<Float>) -> R) -> R { floats.read { body($0.extracting(0..<parameterCount)) } }

    mutating func writeParameters<R>(_ body: (inout MutableSpan<Float>) -> R) -> R {
        floats.write(0..<parameterCount, body)
    }

    /// Forgets the gradients of all values, and sets those of the parameters to zero unless they are kept.
    mutating func clear(keepingParameters: Bool) {
        places.removeAll(keepingCapacity: true)
        free.removeAll(keepingCapacity: true)
        end = parameterCount
        if !keepingParameters { floats.write(0..<parameterCount) { $0.fill(0) } }
    }

    /// Whether anything was added to the gradient of `tensor`.
    func isPresent(_ tensor: Tensor) -> Bool {
        tensor.offset < parameterCount || places[tensor.offset] != nil
    }

    /// Whether anybody asks for the gradient of `tensor`: it is no parameter that stays as it is.
    func isWanted(_ tensor: Tensor) -> Bool { isWanted(tensor.range) }

    func isWanted(_ range: Range<Int>) -> Bool {
        range.lowerBound >= parameterCount || learning?.contains { $0.overlaps(range) } ?? true
    }

    /// Adds the gradient of `y` to that of `x`, of its size, as the last thing that is done with it: where `x` has none yet,
    /// it takes the place over.
    mutating func hand(_ y: Tensor, to x: Tensor) {
        guard y.offset >= parameterCount, !isPresent(x), let place = places.removeValue(forKey: y.offset) else {
            return add(to: x, from: y) { dy, dx in addScaled(1, dy, to: &dx) }
        }
        places[x.offset] = place
    }

    /// Gives the place of a value's gradient back.
    mutating func release(_ tensor: Tensor) {
        guard tensor.offset >= parameterCount, let place = places.removeValue(forKey: tensor.offset) else { return }
        var low = place.lowerBound, high = place.upperBound
        let at = free.firstIndex { $0.lowerBound >= high } ?? free.count
        if at < free.count, free[at].lowerBound == high {
            high = free[at].upperBound
            free.remove(at: at)
        }
        if at > 0, free[at - 1].upperBound == low {
            low = free[at - 1].lowerBound
            free[at - 1] = low..<high
        } else {
            free.insert(low..<high, at: at)
        }
    }

    /// Where the gradient of `tensor` lies; makes a place of zeros where there is none.
    private mutating func place(of tensor: Tensor) -> Range<Int> {
        if tensor.offset < parameterCount { return tensor.range }
        if let place = places[tensor.offset] { return place }
        let count = tensor.count, range: Range<Int>
        if let at = free.firstIndex(where: { $0.count >= count }) {
            range = free[at].lowerBound..<free[at].lowerBound + count
            free[at] = range.upperBound..<free[at].upperBound
            if free[at].isEmpty { free.remove(at: at) }
        } else {
            range = end..<end + count
            if range.upperBound > floats.count { floats.grow(to: range.upperBound * 5 / 4, keeping: end) }
            end = range.upperBound
        }
        floats.write(range) { $0.fill(0) }
        places[tensor.offset] = range
        return range
    }

    /// Sets the gradient of a scalar to 1: where differentiation begins.
    mutating func start(at loss: Tensor) {
        precondition(loss.count == 1, "only a scalar has a gradient to start from, found \(loss.shape)")
        floats.write(place(of: loss)) { $0[0] = 1 }
    }

    /// Lends the gradient of `tensor`.
    mutating func read<R>(_ tensor: Tensor, _ body: (Span<Float>) -> R) -> R {
        let range = place(of: tensor)
        return floats.read { body($0.extracting(range)) }
    }

    /// Lends the gradient of `y` for changing it, before it is passed on.
    mutating func change(_ y: Tensor, _ body: (inout MutableSpan<Float>) -> Void) { floats.write(place(of: y), body) }

    /// Lends the gradient of `y` for reading and that of one input for adding.
    public mutating func add(
        to a: Tensor, from y: Tensor, _ body: (Span<Float>, inout MutableSpan<Float>) -> Void
    ) {
        floats.update(place(of: a), reading: place(of: y), body)
    }

    /// As above, for up to four inputs; an absent one is lent as an empty span. The inputs must be different tensors.
    public mutating func add(
        to a: Tensor, _ b: Tensor?, _ c: Tensor? = nil, _ d: Tensor? = nil, from y: Tensor,
        _ body: (
            Span<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>,
            inout MutableSpan<Float>
        ) -> Void
    ) {
        let source = place(of: y), none = source.upperBound..<source.upperBound
        let ranges = (
            place(of: a), b.map { place(of: $0) } ?? none, c.map { place(of: $0) } ?? none,
            d.map { place(of: $0) } ?? none
        )
        floats.update(ranges, reading: source, body)
    }

    /// Lends the gradient of `y` for reading, that of one input for adding, and those of all parameters, which lie as the
    /// parameters do. The input must not be a parameter.
    public mutating func addWithParameters(
        to x: Tensor, from y: Tensor,
        _ body: (Span<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>) -> Void
    ) {
        let source = place(of: y), target = place(of: x), none = source.upperBound..<source.upperBound
        floats.update((target, 0..<parameterCount, none, none), reading: source) { dy, dx, parameters, _, _ in
            body(dy, &dx, &parameters)
        }
    }
}
