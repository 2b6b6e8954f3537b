public import Images
public import Tensors

/// Moves the picture by whole pixels, each way alike: what leaves on one side is lost, what comes in on the other is `fill`
/// or repeats the edge. Nothing is resized, so a thing is as large as the model will see it later.
///
/// The same as a random crop of the picture padded by `distance` — He et al. 2016, section 4.2.
public struct RandomTranslation: Augmentation {
    /// What a saved recipe calls it.
    public static let name = "random_translation"

    /// How far it moves at most, up or down and left or right, pixels.
    public var distance: Int
    /// The shade of grey that comes in, 0…255; nil repeats the edge.
    public var fill: UInt8?

    /// A move of up to `distance` pixels.
    public init(distance: Int, fill: UInt8? = nil) {
        self.distance = distance
        self.fill = fill
        checkSettings()
    }

    /// What is wrong with the settings.
    public var fault: String? {
        0...65_536 ~= distance ? nil : "found a distance of \(distance) pixels, expected 0 to 65536"
    }

    /// The picture moved, of the same size.
    public func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        let down = random.index(below: 2 * distance + 1) - distance
        let right = random.index(below: 2 * distance + 1) - distance
        return picture.moved(down: down, right: right, fill: fill.map { SIMD3(repeating: $0) })
    }
}
