import Autodiff
import Tensors

/// What moves the weights against their gradients.
package enum OptimizerChoice: String, Codable, Sendable, CaseIterable {
    /// AdamW for every parameter.
    case adamW = "adamw"
    /// Muon for the matrices between hidden rows, AdamW for the rest.
    case muon
}

/// What is told to an optimizer for one update.
struct OptimizerStep: Sendable {
    /// Counts from 1.
    var number: Int
    var learningRate: Float
    /// What the gradients are multiplied by first: below 1 where their norm is clipped.
    var gradientScale: Float
}

/// The optimizer of a run, and what it remembers of past gradients.
struct Optimizer: ~Copyable {
    /// Where the weights that move lie.
    let moving: [Range<Int>]
    private let adamW: AdamW
    private var muon: Muon
    var moments: Moments

    /// `rate` is the share of the learning rate that a parameter has; one whose share is 0 stays as it is.
    init(
        _ choice: OptimizerChoice, _ store: ParameterStore, weightDecay: Float,
        rate: (ParameterStore.Parameter) -> Float = { _ in 1 }
    ) {
        let isMuon = choice == .muon,
            moving = store.parameters.filter(\.learns).map { ($0, rate($0)) }
                .filter { $0.1 != 0 }
        self.moving = moving.reduce(into: []) { ranges, parameter in
            let range = parameter.0.tensor.range
            if let last = ranges.last, last.upperBound == range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        adamW = AdamW(moving.filter { !(isMuon && $0.0.isHidden) }, weightDecay: weightDecay)
        muon = Muon(moving.filter { isMuon && $0.0.isHidden }, weightDecay: weightDecay)
        moments = Moments(count: store.count)
    }

    /// Moves the weights on `tape`.
    mutating func update(_ tape: inout Tape, _ step: OptimizerStep) {
        tape.update { weights, gradients in
            adamW.update(&weights, gradients.span, &moments, step)
            muon.update(&weights, gradients.span, &moments, step)
        }
    }
}

/// Two floats for each weight: running means of its gradient, and where AdamW moves it, of the gradient's square.
struct Moments: ~Copyable {
    private let count: Int
    private var floats: FloatBuffer

    /// Zeros for `count` weights.
    init(count: Int) {
        self.count = count
        floats = FloatBuffer(count: 2 * count)
    }

    /// Lends all first or all second moments.
    func read<R, E: Error>(second: Bool, _ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
        try floats.read { (all) throws(E) in try body(all.extracting(place(of: 0..<count, second: second))) }
    }

    /// Lends the first or the second moments of the weights in `range`.
    mutating func write<R, E: Error>(
        second: Bool, _ range: Range<Int>, _ body: (inout MutableSpan<Float>) throws(E) -> R
    ) throws(E) -> R {
        try floats.write(place(of: range, second: second), body)
    }

    /// Lends both moments of the weights in `range`.
    mutating func write(_ range: Range<Int>, _ body: (inout MutableSpan<Float>, inout MutableSpan<Float>) -> Void) {
        let first = place(of: range, second: false), other = place(of: range, second: true), none = 0..<0
        floats.update((first, other, none, none), reading: none) { _, first, second, _, _ in body(&first, &second) }
    }

    private func place(of range: Range<Int>, second: Bool) -> Range<Int> {
        second ? range.lowerBound + count..<range.upperBound + count : range
    }
}
