import Autodiff
import Kernels
import Tensors

/// AdamW: two moments for each weight, decay for those that ask for it.
///
/// Loshchilov & Hutter 2019, algorithm 2; β₁ 0.9, β₂ 0.98 and ε 1e-6 as Radford et al. 2021 (CLIP), table 18.
struct AdamW: Sendable {
    /// Neighbouring parameters that are treated alike.
    private struct Stretch {
        var range: Range<Int>
        var decays: Bool
        var rate: Float
    }

    private let stretches: [Stretch]
    private let weightDecay: Float

    /// Each parameter with its share of the learning rate.
    init(_ parameters: [(ParameterStore.Parameter, rate: Float)], weightDecay: Float) {
        var stretches: [Stretch] = []
        for (parameter, rate) in parameters {
            let range = parameter.tensor.range
            if let last = stretches.last, last.decays == parameter.decays, last.rate == rate,
                last.range.upperBound == range.lowerBound
            {
                stretches[stretches.count - 1].range = last.range.lowerBound..<range.upperBound
            } else {
                stretches.append(Stretch(range: range, decays: parameter.decays, rate: rate))
            }
        }
        self.stretches = stretches
        self.weightDecay = weightDecay
    }

    /// Moves its weights against their gradients.
    func update(
        _ weights: inout MutableSpan<Float>, _ gradients: Span<Float>, _ moments: inout Moments, _ step: OptimizerStep
    ) {
        for stretch in stretches {
            var settings = AdamWStep(
                learningRate: step.learningRate * stretch.rate, weightDecay: stretch.decays ? weightDecay : 0,
                step: step.number)
            settings.gradientScale = step.gradientScale
            weights.lend(stretch.range) { moved in
                moments.write(stretch.range) { first, second in
                    adamW(
                        settings, gradients: gradients.extracting(stretch.range), parameters: &moved,
                        firstMoments: &first, secondMoments: &second)
                }
            }
        }
    }
}
