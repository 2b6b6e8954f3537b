public import Images
public import Tensors

/// A way to mix each picture of a batch with the one before it, the first with the last, as torchvision rolls a batch.
///
/// Who compares pictures with labels or captions mixes those by the same share. The value holds the settings, the generator
/// the luck.
public protocol BatchMix: Codable, Sendable, Equatable {
    /// What is wrong with the settings (found X, expected Y); nil where nothing is.
    var fault: String? { get }
    /// The mixed pictures, all of which must have one size.
    func apply(to pictures: [Picture], using random: inout SeededRandom) -> MixedBatch
}

/// Pictures of a batch, mixed with one another.
public struct MixedBatch: Sendable, Equatable {
    /// As many as there were, of the same size.
    public var pictures: [Picture]
    /// How much of each picture is its own, 0…1; the rest is the one before it.
    public var ownShare: Float

    /// Each of `pictures` with the one before it, changed by `mix`.
    init(of pictures: [Picture], ownShare: Float, _ mix: (_ own: inout Picture, _ before: Picture) -> Void) {
        for picture in pictures {
            precondition(
                picture.height == pictures[0].height && picture.width == pictures[0].width,
                "found \(picture.height) × \(picture.width) beside \(pictures[0].height) × \(pictures[0].width)")
        }
        self.ownShare = ownShare
        self.pictures = pictures
        for i in pictures.indices { mix(&self.pictures[i], pictures[i == 0 ? pictures.count - 1 : i - 1]) }
    }
}

/// What is wrong with the parameter of the distribution that shares are drawn from.
func fault(alpha: Float) -> String? {
    alpha > 0 && alpha.isFinite ? nil : "found alpha \(alpha), expected above 0"
}

extension SeededRandom {
    /// A number in 0…1 of the distribution Beta(α, α): Cheng 1978, "Generating beta variates with nonintegral shape
    /// parameters", algorithm BA.
    mutating func symmetricBeta(_ alpha: Float) -> Float {
        let a = Double(alpha), slope = a <= 1 ? 1 / a : (1 / a).squareRoot()
        while true {
            // Between two multiples of 2⁻²⁴, so that no logarithm is infinite.
            let first = Double(uniform()) + 0x1p-25, second = Double(uniform()) + 0x1p-25
            let v = slope * logarithm(first / (1 - first))
            let softened = v > 40 ? v : logarithm(1 + exponential(v))
            let bound = 2 * a * (logarithm(2) - softened) + (a + 1 / slope) * v - logarithm(4)
            if bound >= logarithm(first * first * second) { return Float(1 / (1 + exponential(-v))) }
        }
    }
}
