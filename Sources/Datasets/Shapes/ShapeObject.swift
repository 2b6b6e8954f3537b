/// One thing in a scene: `a small red circle`.
public struct ShapeObject: Sendable, Equatable {
    /// How large it is.
    public enum Size: String, CaseIterable, Sendable { case small, large }
    /// What colour it has.
    public enum Colour: String, CaseIterable, Sendable { case red, orange, yellow, green, blue, purple, black, white }
    /// What it is.
    public enum Form: String, CaseIterable, Sendable { case circle, square, triangle, star, cross, ring }

    /// How large it is.
    public var size: Size
    /// What colour it has.
    public var colour: Colour
    /// What it is.
    public var form: Form

    /// How many different ones there are.
    static let kinds = Size.allCases.count * Colour.allCases.count * Form.allCases.count

    /// The object with the given number, below `kinds`.
    init(number: Int) {
        form = Form.allCases[number % Form.allCases.count]
        let rest = number / Form.allCases.count
        colour = Colour.allCases[rest % Colour.allCases.count]
        size = Size.allCases[rest / Colour.allCases.count]
    }

    /// `a small red circle`.
    public var phrase: String { "a \(size) \(colour) \(form)" }
}

extension ShapeObject.Colour {
    /// Red, green, blue.
    var rgb: SIMD3<Float> {
        switch self {
        case .red: SIMD3(214, 32, 36)
        case .orange: SIMD3(245, 140, 20)
        case .yellow: SIMD3(250, 225, 40)
        case .green: SIMD3(40, 150, 60)
        case .blue: SIMD3(40, 80, 210)
        case .purple: SIMD3(130, 40, 160)
        case .black: SIMD3(15, 15, 15)
        case .white: SIMD3(250, 250, 250)
        }
    }
}

extension ShapeObject.Form {
    /// Whether a point lies inside; the form fits a circle of radius 1 around the origin, `y` downwards.
    func contains(_ x: Float, _ y: Float) -> Bool {
        let squared = x * x + y * y
        return switch self {
        case .circle: squared <= 0.9
        case .ring: squared <= 1 && squared >= 0.3
        case .square: max(abs(x), abs(y)) <= 0.8
        case .cross: min(abs(x), abs(y)) <= 0.3 && max(abs(x), abs(y)) <= 0.95
        case .triangle: y <= 0.75 && y >= 1.9 * abs(x) - 0.95
        case .star: Self.starOutline.contains(x, y)
        }
    }

    /// A five-pointed star: outer radius 1, inner 0.42.
    private static let starOutline = Polygon(corners: [
        SIMD2(0, -1), SIMD2(0.24687, -0.33979), SIMD2(0.95106, -0.30902), SIMD2(0.39944, 0.12979),
        SIMD2(0.58779, 0.80902), SIMD2(0, 0.42), SIMD2(-0.58779, 0.80902), SIMD2(-0.39944, 0.12979),
        SIMD2(-0.95106, -0.30902), SIMD2(-0.24687, -0.33979),
    ])
}

/// A closed outline of straight lines.
private struct Polygon {
    var corners: [SIMD2<Float>]

    /// Whether a ray to the right crosses the outline an odd number of times.
    func contains(_ x: Float, _ y: Float) -> Bool {
        var isInside = false, last = corners[corners.count - 1]
        for corner in corners {
            if (corner.y > y) != (last.y > y),
                x < (last.x - corner.x) * (y - corner.y) / (last.y - corner.y) + corner.x
            {
                isInside.toggle()
            }
            last = corner
        }
        return isInside
    }
}
