public import Images

/// The fourteen changes of which `RandAugment` and `TrivialAugmentWide` choose.
///
/// Cubuk et al. 2020 ("RandAugment"), figure 2, as torchvision has them; each does to bytes what Pillow does.
public enum PolicyOperation: String, Codable, CaseIterable, Sendable {
    case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize
    case solarize, autoContrast, equalize

    /// Whether the sign of the magnitude is drawn.
    public var isSigned: Bool {
        switch self {
        case .shearX, .shearY, .translateX, .translateY, .rotate, .brightness, .color, .contrast, .sharpness: true
        case .identity, .posterize, .solarize, .autoContrast, .equalize: false
        }
    }

    /// The changed picture, of the same size.
    ///
    /// - Parameters:
    ///   - magnitude: A slope for shears, pixels for translations (what is behind the point is cut off), degrees for
    ///     rotations, what is added to a factor of 1 for brightness, color, contrast and sharpness, bits for posterize, the
    ///     darkest colour that is inverted for solarize; without meaning for the others.
    ///   - filter: How pixels are read where the shape changes.
    ///   - fill: The shade of grey that comes in from outside, 0…255.
    public func apply(
        _ magnitude: Float, to picture: Picture, filter: WarpFilter = .nearest, fill: UInt8 = 0
    ) -> Picture {
        let fill = SIMD3(repeating: fill), slope = Double(magnitude)
        return switch self {
        case .identity: picture
        case .shearX: picture.warped(by: .shearing(columns: slope), filter: filter, fill: fill)
        case .shearY: picture.warped(by: .shearing(rows: slope), filter: filter, fill: fill)
        case .translateX: picture.moved(down: 0, right: Int(magnitude), fill: fill)
        case .translateY: picture.moved(down: Int(magnitude), right: 0, fill: fill)
        case .rotate: picture.rotated(degrees: Double(magnitude), filter: filter, fill: fill)
        case .brightness: picture.brightened(by: 1 + magnitude)
        case .color: picture.saturated(by: 1 + magnitude)
        case .contrast: picture.contrasted(by: 1 + magnitude)
        case .sharpness: picture.sharpened(by: 1 + magnitude)
        case .posterize: picture.posterized(bits: Int(magnitude))
        case .solarize: picture.solarized(from: magnitude)
        case .autoContrast: picture.autocontrasted
        case .equalize: picture.equalized
        }
    }
}

/// Magnitudes in equal steps, of which one is chosen by its number.
struct Magnitudes {
    /// How many there are.
    let bins: Int
    /// The number of the chosen one, `0..<bins`.
    let bin: Int

    /// The chosen one of `bins` numbers from `start` to `end`, as `torch.linspace` computes it: from the nearer end.
    func from(_ start: Float, to end: Float) -> Float {
        let step = (end - start) / Float(bins - 1)
        return bin < bins / 2 ? start + step * Float(bin) : end - step * Float(bins - bin - 1)
    }

    /// Bits from 8 down to `least`, rounded to the nearest, halves to even.
    func bits(downTo least: Int) -> Float {
        8 - (Float(bin) / (Float(bins - 1) / Float(8 - least))).rounded(.toNearestOrEven)
    }

    /// What is wrong with them.
    var fault: String? {
        if bins < 2 { return "found \(bins) magnitudes, expected at least 2" }
        return 0..<bins ~= bin ? nil : "found magnitude \(bin), expected 0 to \(bins - 1)"
    }
}
