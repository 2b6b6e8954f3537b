/// How neighbouring pixels are weighed when a picture changes its size; the names are Pillow's.
public enum ResizeFilter: String, Sendable, Codable, CaseIterable {
    case box, bilinear, bicubic, lanczos

    /// How far the filter reaches, in output pixels when shrinking.
    var support: Double {
        switch self {
        case .box: 0.5
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The weight at distance `x`; written so that each rounding is Pillow's (`src/libImaging/Resample.c`).
    func weight(_ x: Double) -> Double {
        switch self {
        case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
        case .bilinear: return abs(x) < 1 ? 1 - abs(x) : 0
        case .bicubic:  // Keys 1981, with a = −0.5
            let a = -0.5, x = abs(x)
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
        case .lanczos: return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
        }
    }

    private func sinc(_ x: Double) -> Double { x == 0 ? 1 : sine(x * .pi) / (x * .pi) }
}
