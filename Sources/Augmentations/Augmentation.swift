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
    /// What is wrong with the settings (found X, expected Y); nil where nothing is. A saved recipe with a fault is refused.
    var fault: String? { get }
    /// The changed picture. What is given is used up, so that colours can change in place.
    func apply(to picture: consuming Picture, using random: inout SeededRandom) -> Picture
    /// The same, with its luck drawn, as a change of each pixel alone, which may be done to some rows after the other; nil,
    /// and no luck is drawn, where a pixel's new colour depends on others or on its place.
    func pixelChange(using random: inout SeededRandom) -> PixelChange?
}

/// A change of each pixel by itself.
public typealias PixelChange = @Sendable (inout Picture) -> Void

extension Augmentation {
    /// Most augmentations draw.
    public static var usesLuck: Bool { true }

    /// Most look at more than one pixel.
    public func pixelChange(using random: inout SeededRandom) -> PixelChange? { nil }

    /// Some have no settings that could be wrong.
    public var fault: String? { nil }

    /// Stops where a programmer gave settings that have a fault; what was read from a file is refused before.
    func checkSettings() {
        let fault = fault
        precondition(fault == nil, "\(Self.name): \(fault ?? "")")
    }
}

/// Every augmentation that a saved recipe can name.
public let augmentations: [any Augmentation.Type] = [
    ColorJitter.self, GaussianBlur.self, PadToSquare.self, RandAugment.self, RandomCrop.self, RandomErasing.self,
    RandomFlip.self, RandomGrayscale.self, RandomResizedCrop.self, RandomSolarize.self, RandomTranslation.self,
    Resize.self, Shrink.self, TrivialAugmentWide.self,
]

extension [any Augmentation] {
    /// The steps at the head that draw no luck, and the rest.
    public var parts: (fixed: Self, drawn: Self) {
        let fixed = Self(prefix { !type(of: $0).usesLuck })
        return (fixed, Self(dropFirst(fixed.count)))
    }
}
