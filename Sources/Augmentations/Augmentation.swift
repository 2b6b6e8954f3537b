public import Images
public import Tensors

/// A change of a picture that its caption survives. The value holds the settings, the generator the luck.
///
/// The same settings, picture and generator give the same pixels, on any number of threads.
public protocol Augmentation: Codable, Sendable {
    /// What a saved recipe calls it.
    static var name: String { get }
    /// The changed picture.
    func apply(to picture: Picture, using random: inout SeededRandom) -> Picture
}

/// Every augmentation that a saved recipe can name.
public let augmentations: [any Augmentation.Type] = [
    ColorJitter.self, GaussianBlur.self, PadToSquare.self, RandomCrop.self, RandomFlip.self, RandomGrayscale.self,
    RandomResizedCrop.self, Resize.self,
]

extension [any Augmentation] {
    /// The picture after all of them, first to last.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        var picture = picture
        for augmentation in self { picture = augmentation.apply(to: picture, using: &random) }
        return picture
    }
}
