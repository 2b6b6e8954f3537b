public import Images
public import Tensors

/// A change of a picture that its caption survives. The value holds the settings, the generator the luck.
///
/// The same settings, picture and generator give the same pixels, on any number of threads.
public protocol Augmentation: Codable, Sendable {
    /// What a saved recipe calls it.
    static var name: String { get }
    /// Whether it draws from the generator. Steps that do not, at the head of a recipe, are the same in every epoch, so
    /// their result may be kept.
    static var usesLuck: Bool { get }
    /// The changed picture.
    func apply(to picture: Picture, using random: inout SeededRandom) -> Picture
}

extension Augmentation {
    /// Most augmentations draw.
    public static var usesLuck: Bool { true }
}

/// Every augmentation that a saved recipe can name.
public let augmentations: [any Augmentation.Type] = [
    ColorJitter.self, GaussianBlur.self, PadToSquare.self, RandomCrop.self, RandomFlip.self, RandomGrayscale.self,
    RandomResizedCrop.self, RandomTranslation.self, Resize.self, Shrink.self,
]

extension [any Augmentation] {
    /// The picture after all of them, first to last.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        var picture = picture
        for augmentation in self { picture = augmentation.apply(to: picture, using: &random) }
        return picture
    }

    /// The steps at the head that draw no luck, and the rest.
    public var parts: (fixed: Self, drawn: Self) {
        let fixed = Self(prefix { !type(of: $0).usesLuck })
        return (fixed, Self(dropFirst(fixed.count)))
    }
}
