import Autodiff
import Kernels
import Tensors

/// AdamW over all parameters of a model: two moments for each weight, decay for those that ask for it.
///
/// Loshchilov & Hutter 2019, algorithm 2; β₁ 0.9, β₂ 0.98 and ε 1e-6 as Radford et al. 2021 (CLIP), table 18.
struct AdamW: ~Copyable {
    /// Neighbouring parameters that are treated alike.
    private struct Stretch {
        var range: Range<Int>
        var decays: Bool
    }

    private let stretches: [Stretch]
    private let weightDecay: Float
    private let count: Int
    /// Running means of the gradients, one float for each weight, and behind them those of their squares.
    var moments: FloatBuffer

    init(_ store: ParameterStore, weightDecay: Float) {
        var stretches: [Stretch] = []
        for parameter in store.parameters {
            let range = parameter.tensor.range
            if let last = stretches.last, last.decays == parameter.decays, last.range.upperBound == range.lowerBound {
                stretches[stretches.count - 1].range = last.range.lowerBound..<range.upperBound
            } else {
                stretches.append(Stretch(range: range, decays: parameter.decays))
            }
        }
        self.stretches = stretches
        self.weightDecay = weightDecay
        count = store.count
        moments = FloatBuffer(count: 2 * count)
    }

    /// Where the first and the second moments of the weights in `range` lie.
    func places(of range: Range<Int>) -> (first: Range<Int>, second: Range<Int>) {
        (range, range.lowerBound + count..<range.upperBound + count)
    }

    /// Moves the weights on `tape` against their gradients, which are first multiplied by `gradientScale`. `step` counts
    /// from 1.
    mutating func update(_ tape: inout Tape, step: Int, learningRate: Float, gradientScale: Float) {
        tape.update { weights, gradients in
            for stretch in stretches {
                var settings = AdamWStep(
                    learningRate: learningRate, weightDecay: stretch.decays ? weightDecay : 0, step: step)
                settings.gradientScale = gradientScale
                let places = places(of: stretch.range), none = 0..<0
                weights.lend(stretch.range) { moved in
                    moments.update((places.first, places.second, none, none), reading: none) { _, first, second, _, _ in
                        adamW(
                            settings, gradients: gradients.span.extracting(stretch.range), parameters: &moved,
                            firstMoments: &first, secondMoments: &second)
                    }
                }
            }
        }
    }
}
