public import Images
public import Tensors

/// Adds pictures up, a share of each and the rest of the one before it; a batch has one share, drawn from Beta(α, α).
///
/// `x̃ = λ·x + (1 − λ)·x′`, rounded to the nearest — Zhang et al. 2018 ("mixup"), equation 1, as torchvision's `MixUp`.
public struct MixUp: BatchMix {
    /// The parameter α: 1 makes all shares alike, less leaves most pictures nearly as they are.
    public var alpha: Float

    /// A mix whose shares are drawn from Beta(α, α).
    public init(alpha: Float = 1) {
        self.alpha = alpha
        precondition(fault == nil, fault ?? "")
    }

    /// What is wrong with the settings.
    public var fault: String? { Augmentations.fault(alpha: alpha) }

    /// The sums of the pictures.
    public func apply(to pictures: [Picture], using random: inout SeededRandom) -> MixedBatch {
        mixed(pictures, ownShare: random.symmetricBeta(alpha))
    }

    /// The same for a share that is known.
    package func mixed(_ pictures: [Picture], ownShare: Float) -> MixedBatch {
        MixedBatch(of: pictures, ownShare: ownShare) { own, before in
            let other = before.pixels.span
            var target = own.pixels.mutableSpan
            for i in target.indices {
                let sum = ownShare * Float(target[i]) + (1 - ownShare) * Float(other[i])
                target[i] = UInt8(min(max(sum.rounded(.toNearestOrEven), 0), 255))
            }
        }
    }
}
