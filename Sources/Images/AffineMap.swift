/// Where the pixels of a warped picture come from: what is seen at column x and row y lies at column `a·x + b·y + c` and
/// row `d·x + e·y + f` of the source.
public struct AffineMap: Sendable, Equatable {
    /// What gives the column.
    public var a: Double, b: Double, c: Double
    /// What gives the row.
    public var d: Double, e: Double, f: Double

    /// The map of these six numbers.
    public init(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) {
        (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
    }

    /// Rows move to the left by `amount` times their number, as torchvision's `affine` with a shear of that slope.
    ///
    /// It takes degrees, so the slope goes there and back as its caller sends it.
    public static func shearing(columns amount: Double) -> AffineMap {
        AffineMap(1, tangent(angle(amount)), 0, 0, 1, 0)
    }

    /// Columns move up by `amount` times their number.
    public static func shearing(rows amount: Double) -> AffineMap {
        let angle = angle(amount)
        return AffineMap(1, 0, 0, sine(angle) / cosine(angle), 1, 0)
    }

    private static func angle(_ slope: Double) -> Double { arctangent(slope) * (180 / .pi) * (.pi / 180) }

    /// A turn counterclockwise about the middle of `height` × `width` pixels; sines lose what is behind their fifteenth
    /// digit, as in Pillow's `rotate`.
    public static func rotation(degrees: Double, height: Int, width: Int) -> AffineMap {
        let angle = -(degrees * (.pi / 180)), x = Double(width) / 2, y = Double(height) / 2
        func rounded(_ number: Double) -> Double { (number * 1e15).rounded(.toNearestOrEven) / 1e15 }
        let along = rounded(cosine(angle)), across = rounded(sine(angle))
        return AffineMap(
            along, across, along * -x + across * -y + x, -across, along, -across * -x + along * -y + y)
    }
}
