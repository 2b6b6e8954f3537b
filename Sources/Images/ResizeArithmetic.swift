/// Whose numbers a resizing gives, byte for byte.
public enum ResizeArithmetic: String, Sendable, Codable, CaseIterable {
    /// Pillow's: weights are whole numbers of 2⁻²², and half of an odd remainder is rounded down where a middle is cut out.
    case pillow
    /// torchvision's on tensors of 8 bit, antialiased, as the processors of transformers whose names end in `Fast`: weights
    /// have 16 bits, and half of an odd remainder is rounded to the nearest even number. Bilinear and bicubic alone.
    case tensors
    /// torchvision's on tensors of floats, antialiased, as processors of transformers that divide by 255 before they resize,
    /// which DINOv3's does: nothing is rounded before the end. Bilinear and bicubic alone. A picture has 8 bits, so that the
    /// end is rounded and cut to them: within half a level of those floats, where they lie between black and white.
    case floats

    /// The filters that it knows.
    public var filters: [ResizeFilter] { self == .pillow ? ResizeFilter.allCases : [.bilinear, .bicubic] }

    /// Pixels before the middle of a length that leaves `remainder` over.
    func middle(_ remainder: Int) -> Int {
        switch self {
        case .pillow: remainder / 2
        case .tensors, .floats: Int((Double(remainder) / 2).rounded(.toNearestOrEven))
        }
    }
}
