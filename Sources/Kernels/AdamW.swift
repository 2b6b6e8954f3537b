import KernelInterface

/// One step of AdamW — Loshchilov and Hutter 2019, algorithm 2 — with PyTorch's order of operations.
public struct AdamWStep: Sendable {
    /// Learning rate of this step.
    public var learningRate: Float
    /// Decoupled weight decay; 0 for gains, biases, embeddings and scales.
    public var weightDecay: Float
    /// Decay of the first moments.
    public var beta1: Float = 0.9
    /// Decay of the second moments.
    public var beta2: Float = 0.98
    /// Added to the root of the second moment.
    public var epsilon: Float = 1e-6
    /// The number of this step, from 1.
    public var step: Int
    /// What gradients are multiplied by: below 1 where their norm is clipped.
    public var gradientScale: Float = 1

    /// The settings of step number `step`, with CLIP's moments.
    public init(learningRate: Float, weightDecay: Float, step: Int) {
        (self.learningRate, self.weightDecay, self.step) = (learningRate, weightDecay, step)
    }

    var factors: AdamWFactors {
        let (b1, b2) = (Double(beta1), Double(beta2))
        var power1 = 1.0, power2 = 1.0
        for _ in 0..<min(step, 20_000) {
            power1 *= b1
            power2 *= b2
        }
        return AdamWFactors(
            beta1: beta1, beta2: beta2, epsilon: epsilon, stepSize: Float(Double(learningRate) / (1 - power1)),
            secondScale: Float(1 / (1 - power2).squareRoot()), keep: 1 - learningRate * weightDecay,
            gradientScale: gradientScale)
    }
}

/// Moves `parameters` one step against `gradients`; all four spans have the same length.
public func adamW(
    _ settings: AdamWStep, gradients: Span<Float>, parameters: inout MutableSpan<Float>,
    firstMoments: inout MutableSpan<Float>, secondMoments: inout MutableSpan<Float>
) {
    let count = parameters.count, chunk = 16_384, set = kernels, factors = settings.factors
    check("gradients", gradients.count, is: count)
    check("first moments", firstMoments.count, is: count)
    check("second moments", secondMoments.count, is: count)
    let (g, w) = unsafe (pointer(gradients), pointer(&parameters))
    let (m, v) = unsafe (pointer(&firstMoments), pointer(&secondMoments))
    parallelFor((count + chunk - 1) / chunk) { i in
        let at = i * chunk
        unsafe set.adamW(min(chunk, count - at), factors, g + at, w + at, m + at, v + at)
    }
}
