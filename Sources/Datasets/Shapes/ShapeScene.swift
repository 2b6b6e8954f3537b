public import Images
import Tensors

/// A picture of two things, and the one sentence that tells what they are and how they lie.
///
/// The same seed and index give the same scene for ever. The two things differ, and which is named first follows from
/// what they are; so each arrangement has exactly one caption, and each caption one arrangement.
public struct ShapeScene: Sendable, Equatable {
    /// How the first thing lies to the second.
    public enum Relation: String, CaseIterable, Sendable {
        case left = "left of"
        case right = "right of"
        case above, below
    }

    /// How many different captions there are.
    public static let captionCount = ShapeObject.kinds * (ShapeObject.kinds - 1) / 2 * Relation.allCases.count

    /// The thing that is named first.
    public let first: ShapeObject
    /// The thing that is named second.
    public let second: ShapeObject
    /// How the first lies to the second.
    public let relation: Relation
    private let seed: UInt64
    private let index: Int

    /// Scene `index` of a seed. Scenes below `captionCount` all have different captions; then they begin again, with
    /// other places and shades.
    public init(seed: UInt64, index: Int) {
        self.init(arrangement: Self.shuffled(index % Self.captionCount, seed: seed), seed: seed, index: index)
    }

    private init(arrangement: Int, seed: UInt64, index: Int) {
        self.seed = seed
        self.index = index
        relation = Relation.allCases[arrangement % Relation.allCases.count]
        var pair = arrangement / Relation.allCases.count, low = 0
        while pair >= ShapeObject.kinds - 1 - low {
            pair -= ShapeObject.kinds - 1 - low
            low += 1
        }
        let high = low + 1 + pair, isHighFirst = (low + high) % 2 == 1
        first = ShapeObject(number: isHighFirst ? high : low)
        second = ShapeObject(number: isHighFirst ? low : high)
    }

    /// `a small red circle left of a large blue square`.
    public var caption: String { "\(first.phrase) \(relation.rawValue) \(second.phrase)" }

    /// The scene as a picture of `side × side` pixels, 64 by default.
    public func picture(side: Int = 64) -> Picture {
        var random = SeededRandom(seed: seed, purpose: .scene, epoch: 1, item: index)
        let shade = random.uniform(in: 120...180)
        var canvas = Canvas(side: side, shade: shade)
        let radii = (radius(of: first, &random), radius(of: second, &random))
        let places = places(radii, &random)
        canvas.draw(first, at: places.0, radius: radii.0, shift: shift(&random))
        canvas.draw(second, at: places.1, radius: radii.1, shift: shift(&random))
        return canvas.picture
    }

    /// A place in the order of all arrangements: a bijection of `0..<captionCount` drawn by the seed. Four rounds of a
    /// Feistel network over 16 bits, walked until it falls inside; Black and Rogaway 2002, "Ciphers with arbitrary
    /// finite domains", method 2.
    private static func shuffled(_ number: Int, seed: UInt64) -> Int {
        precondition(captionCount <= 1 << 16, "\(captionCount) arrangements need more than 16 bits")
        var number = number
        repeat {
            var left = number >> 8, right = number & 0xFF
            for round in 0..<4 {
                var random = SeededRandom(seed: seed, purpose: .scene, item: round << 8 | right)
                (left, right) = (right, left ^ random.index(below: 256))
            }
            number = left << 8 | right
        } while number >= captionCount
        return number
    }

    /// A radius as a share of the side.
    private func radius(of object: ShapeObject, _ random: inout SeededRandom) -> Float {
        object.size == .small ? random.uniform(in: 0.105...0.125) : random.uniform(in: 0.18...0.21)
    }

    private func shift(_ random: inout SeededRandom) -> SIMD3<Float> {
        SIMD3(random.uniform(in: -8...8), random.uniform(in: -8...8), random.uniform(in: -8...8))
    }

    /// Centres as shares of the side: apart along the relation's axis, nearly level along the other.
    private func places(
        _ radii: (Float, Float), _ random: inout SeededRandom
    ) -> (SIMD2<Float>, SIMD2<Float>) {
        let margin: Float = 0.02, sum = radii.0 + radii.1
        let room = 1 - 2 * margin - sum  // between the outermost centres along the axis
        let gap = random.uniform(in: sum + 0.04...max(sum + 0.04, min(room, sum + 0.3)))
        let isFirstLow = relation == .left || relation == .above  // towards 0
        let lowRadius = isFirstLow ? radii.0 : radii.1, highRadius = isFirstLow ? radii.1 : radii.0
        let low = random.uniform(in: margin + lowRadius...max(margin + lowRadius, 1 - margin - highRadius - gap))
        let widest = max(radii.0, radii.1) + margin
        let level = random.uniform(in: widest...1 - widest)
        let tilt = random.uniform(in: -0.25 * gap...0.25 * gap)
        let other = min(max(level + tilt, widest), 1 - widest)
        let lowPlace = SIMD2(low, level), highPlace = SIMD2(low + gap, other)
        let along = isFirstLow ? (lowPlace, highPlace) : (highPlace, lowPlace)
        let isUpright = relation == .above || relation == .below
        return isUpright ? (SIMD2(along.0.y, along.0.x), SIMD2(along.1.y, along.1.x)) : along
    }
}
