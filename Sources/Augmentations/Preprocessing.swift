public import Images

/// What a picture goes through before a model sees it. As JSON it is open_clip's `preprocess_cfg`.
public struct Preprocessing: Codable, Sendable, Equatable {
    /// The side of the square that the model sees, pixels.
    public var side: Int
    /// How a picture that is no square becomes one.
    public var resizeMode: Resize.Mode
    /// What the shorter side becomes before the square is cut out of the middle, in mode `shortest`; nil where that is
    /// `side` itself.
    public var shorterSide: Int?
    /// How neighbouring pixels are weighed.
    public var interpolation: ResizeFilter
    /// Whose numbers the resizing gives.
    public var arithmetic = ResizeArithmetic.pillow
    /// Mean and deviation of red, green and blue in 0…1, by which colours are normalised.
    public var mean: [Float], std: [Float]
    /// The shade of grey around a picture in mode `longest`, 0…255.
    public var fillColor: UInt8

    /// Preprocessing for a model that sees `side` × `side` pixels; the rest as OpenAI's CLIP has it.
    public init(
        side: Int, resizeMode: Resize.Mode = .shortest, interpolation: ResizeFilter = .bicubic,
        mean: [Float] = [0.48145466, 0.4578275, 0.40821073], std: [Float] = [0.26862954, 0.26130258, 0.27577711],
        fillColor: UInt8 = 0
    ) {
        precondition(side > 0 && mean.count == 3 && std.count == 3, "found side \(side), mean \(mean), std \(std)")
        self.side = side
        self.resizeMode = resizeMode
        self.interpolation = interpolation
        self.mean = mean
        self.std = std
        self.fillColor = fillColor
    }

    /// The same for a square of another side: what is cut away stays the same share.
    public func scaled(to side: Int) -> Preprocessing {
        var scaled = self
        scaled.shorterSide = shorterSide.map { max(side, $0 * side / self.side) }
        scaled.side = side
        return scaled
    }

    enum CodingKeys: String, CodingKey {
        case side = "size"
        case mode, mean, std, interpolation
        case resizeMode = "resize_mode"
        case fillColor = "fill_color"
        case shorterSide = "shorter_side"
        case arithmetic = "resize_arithmetic"
    }

    /// Reads open_clip's words; what is absent is as in OpenAI's CLIP.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(side: 224)
        side = try values.decodeSide(forKey: .side) ?? side
        resizeMode = try values.decodeIfPresent(Resize.Mode.self, forKey: .resizeMode) ?? resizeMode
        interpolation = try values.decodeIfPresent(ResizeFilter.self, forKey: .interpolation) ?? interpolation
        mean = try values.decodeColour(forKey: .mean) ?? mean
        std = try values.decodeColour(forKey: .std) ?? std
        fillColor = try values.decodeIfPresent(UInt8.self, forKey: .fillColor) ?? fillColor
        shorterSide = try values.decodeIfPresent(Int.self, forKey: .shorterSide)
        arithmetic = try values.decodeIfPresent(ResizeArithmetic.self, forKey: .arithmetic) ?? arithmetic
        guard arithmetic.filters.contains(interpolation) else {
            throw DecodingError.dataCorruptedError(
                forKey: .arithmetic, in: values,
                debugDescription: "found \(interpolation) on tensors, expected bilinear or bicubic")
        }
        guard shorterSide ?? side >= side else {
            throw DecodingError.dataCorruptedError(
                forKey: .shorterSide, in: values, debugDescription: "found less than the side of \(side)")
        }
        guard std.allSatisfy({ $0 > 0 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .std, in: values, debugDescription: "found deviations \(std), expected numbers above 0")
        }
    }

    /// Writes open_clip's words.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(side, forKey: .side)
        try values.encode("RGB", forKey: .mode)
        try values.encode(mean, forKey: .mean)
        try values.encode(std, forKey: .std)
        try values.encode(interpolation, forKey: .interpolation)
        try values.encode(resizeMode, forKey: .resizeMode)
        try values.encode(fillColor, forKey: .fillColor)
        try values.encodeIfPresent(shorterSide, forKey: .shorterSide)
        if arithmetic != .pillow { try values.encode(arithmetic, forKey: .arithmetic) }
    }
}

extension KeyedDecodingContainer {
    /// A side, as a number or as two equal ones.
    fileprivate func decodeSide(forKey key: Key) throws -> Int? {
        guard contains(key) else { return nil }
        let sides = try (try? decode(Int.self, forKey: key)).map { [$0] } ?? decode([Int].self, forKey: key)
        guard let side = sides.first, 1...8192 ~= side, sides == [side] || sides == [side, side] else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "found sides \(sides), expected one of 1 to 8192, or two equal ones")
        }
        return side
    }

    /// Three numbers, or one for all three channels.
    func decodeColour(forKey key: Key) throws -> [Float]? {
        guard contains(key) else { return nil }
        if let one = try? decode(Float.self, forKey: key) { return [one, one, one] }
        let numbers = try decode([Float].self, forKey: key)
        guard numbers.count == 3 else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "found \(numbers.count) numbers, expected 3")
        }
        return numbers
    }
}
