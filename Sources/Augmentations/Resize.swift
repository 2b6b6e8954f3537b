public import Images
public import Tensors

/// Makes a square of `side` pixels from a picture of any size.
public struct Resize: Augmentation {
    /// How a picture that is no square becomes one; the words are open_clip's.
    public enum Mode: String, Codable, Sendable {
        /// The shorter side is met, and the middle cut out.
        case shortest
        /// The longer side is met, and the rest filled.
        case longest
        /// Both sides are met; the proportions change.
        case squash
    }

    /// What a saved recipe calls it.
    public static let name = "resize"
    /// It draws nothing.
    public static let usesLuck = false

    /// The side of the result, pixels.
    public var side: Int
    /// How a picture that is no square becomes one.
    public var mode: Mode
    /// What the shorter side becomes before the middle is cut out in mode `shortest`; nil where that is `side` itself.
    public var shorterSide: Int?
    /// How neighbouring pixels are weighed.
    public var filter: ResizeFilter
    /// The shade of grey around the picture in mode `longest`, 0…255.
    public var fill: UInt8

    /// Whose numbers the resizing gives; Pillow's where nil.
    public var arithmetic: ResizeArithmetic?

    /// A square of `side` pixels.
    public init(side: Int, mode: Mode = .shortest, filter: ResizeFilter = .bicubic, fill: UInt8 = 0) {
        self.side = side
        self.mode = mode
        self.filter = filter
        self.fill = fill
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? {
        if let arithmetic, !arithmetic.filters.contains(filter) {
            return "found \(filter) on tensors, expected bilinear or bicubic"
        }
        guard let shorterSide, shorterSide < side else { return Augmentations.fault(side: shorterSide ?? side) }
        return "found a shorter side of \(shorterSide), expected at least the side of \(side)"
    }

    /// The square that `preprocessing` asks for.
    public init(_ preprocessing: Preprocessing) {
        self.init(
            side: preprocessing.side, mode: preprocessing.resizeMode, filter: preprocessing.interpolation,
            fill: preprocessing.fillColor)
        shorterSide = preprocessing.shorterSide
        arithmetic = preprocessing.arithmetic == .pillow ? nil : preprocessing.arithmetic
    }

    /// How `whole` becomes the square where it is filled; nil in mode `longest`.
    func plan(for whole: Region) -> ResamplePlan? {
        let arithmetic = arithmetic ?? .pillow
        return switch mode {
        case .shortest:
            ResamplePlan(
                whole, shorterSide: shorterSide ?? side, centerCropped: side, filter: filter, arithmetic: arithmetic)
        case .squash: ResamplePlan(whole, height: side, width: side, filter: filter, arithmetic: arithmetic)
        case .longest: nil
        }
    }

    /// The picture, `side` × `side`; no luck is used.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture { apply(to: picture) }

    /// The picture, `side` × `side`.
    public func apply(to picture: Picture) -> Picture {
        if let plan = plan(for: picture.whole) { return picture.resampled(plan) }
        return picture.resized(longerSide: side, filter: filter, arithmetic: arithmetic ?? .pillow)
            .paddedToSquare(fill: SIMD3(repeating: fill))
    }
}
