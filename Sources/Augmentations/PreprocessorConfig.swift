import Images

/// A preprocessing in the words of transformers' `CLIPImageProcessor`: the file `preprocessor_config.json`.
///
/// `shortest` and `squash` give the same pixels there. `longest` is told as `max_height` and `max_width`, but that
/// processor always fills with black and rounds the shorter side down: only open_clip's `preprocess_cfg` says it exactly.
/// A processor whose name ends in `Fast` resizes tensors with torchvision, whose bytes are others: `ResizeArithmetic.tensors`;
/// DINOv3's divides by 255 before, and resizes floats: `ResizeArithmetic.floats`.
public struct PreprocessorConfig: Codable, Sendable, Equatable {
    /// What the file says.
    public var preprocessing: Preprocessing

    /// The file for `preprocessing`.
    public init(_ preprocessing: Preprocessing) { self.preprocessing = preprocessing }

    private enum CodingKeys: String, CodingKey {
        case size, resample
        case cropSize = "crop_size"
        case doCenterCrop = "do_center_crop"
        case doConvertRGB = "do_convert_rgb"
        case doNormalize = "do_normalize"
        case doRescale = "do_rescale"
        case doResize = "do_resize"
        case imageMean = "image_mean"
        case imageStd = "image_std"
        case imageProcessorType = "image_processor_type"
        case rescaleFactor = "rescale_factor"
    }

    /// Pillow's numbers for its filters.
    private static let filters: [Int: ResizeFilter] = [1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box]

    /// Whose name says that it resizes floats, in any version of transformers.
    private static let floatProcessor = "DINOv3ViTImageProcessor"

    private static func arithmetic(of processor: String) -> ResizeArithmetic {
        if processor.hasPrefix(floatProcessor) { return .floats }
        return processor.hasSuffix("Fast") ? .tensors : .pillow
    }

    private static func processor(for arithmetic: ResizeArithmetic) -> String {
        switch arithmetic {
        case .pillow: "CLIPImageProcessor"
        case .tensors: "CLIPImageProcessorFast"
        case .floats: "\(floatProcessor)Fast"
        }
    }

    /// Writes the file.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(ProcessorSize(preprocessing), forKey: .size)
        try values.encode(Self.filters.first { $0.value == preprocessing.interpolation }?.key, forKey: .resample)
        try values.encode(ProcessorSize(square: preprocessing.side), forKey: .cropSize)
        for key in [CodingKeys.doCenterCrop, .doConvertRGB, .doNormalize, .doRescale, .doResize] {
            try values.encode(true, forKey: key)
        }
        try values.encode(preprocessing.mean, forKey: .imageMean)
        try values.encode(preprocessing.std, forKey: .imageStd)
        try values.encode(Self.processor(for: preprocessing.arithmetic), forKey: .imageProcessorType)
        try values.encode(1.0 / 255, forKey: .rescaleFactor)
    }

    /// Reads the file; what this project's preprocessing cannot say is an error.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func isOn(_ key: CodingKeys) throws -> Bool { try values.decodeIfPresent(Bool.self, forKey: key) ?? true }
        func refuse(_ key: CodingKeys, _ why: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: values, debugDescription: why)
        }
        guard try isOn(.doResize) else { throw refuse(.doResize, "found pictures that are not resized") }
        let factor = try values.decodeIfPresent(Double.self, forKey: .rescaleFactor) ?? 1.0 / 255
        guard try isOn(.doRescale), abs(factor * 255 - 1) < 1e-4 else {
            throw refuse(.rescaleFactor, "found colours that are not divided by 255")
        }
        let size = try values.decodeIfPresent(ProcessorSize.self, forKey: .size) ?? ProcessorSize(shortestEdge: 224)
        guard let (side, mode) = size.square else { throw refuse(.size, "found a size that makes no square") }
        let crop = try values.decodeIfPresent(ProcessorSize.self, forKey: .cropSize) ?? ProcessorSize(square: side)
        let isCropped = try isOn(.doCenterCrop)
        guard isCropped || mode == .squash, let square = isCropped ? crop.square?.side : side,
            square == side || (mode == .shortest && square < side)
        else {
            throw refuse(.cropSize, "found a crop that does not lie in the resized side of \(side)")
        }
        let number = try values.decodeIfPresent(Int.self, forKey: .resample) ?? 3
        guard let filter = Self.filters[number] else {
            throw refuse(.resample, "found filter \(number), expected 1 to 4")
        }
        preprocessing = Preprocessing(side: square, resizeMode: mode, interpolation: filter)
        if square < side { preprocessing.shorterSide = side }
        let processor = try values.decodeIfPresent(String.self, forKey: .imageProcessorType) ?? ""
        let arithmetic = Self.arithmetic(of: processor)
        if arithmetic.filters.contains(filter) { preprocessing.arithmetic = arithmetic }
        if try !isOn(.doNormalize) {
            (preprocessing.mean, preprocessing.std) = ([0, 0, 0], [1, 1, 1])
        } else {
            preprocessing.mean = try values.decodeColour(forKey: .imageMean) ?? preprocessing.mean
            preprocessing.std = try values.decodeColour(forKey: .imageStd) ?? preprocessing.std
        }
        guard preprocessing.std.allSatisfy({ $0 > 0 }) else {
            throw refuse(.imageStd, "found deviations \(preprocessing.std), expected numbers above 0")
        }
    }
}

/// The three ways in which such a file tells a size.
private struct ProcessorSize: Codable, Equatable {
    var shortestEdge: Int?, height: Int?, width: Int?, maxHeight: Int?, maxWidth: Int?

    enum CodingKeys: String, CodingKey {
        case height, width
        case shortestEdge = "shortest_edge"
        case maxHeight = "max_height"
        case maxWidth = "max_width"
    }

    init(shortestEdge: Int) { self.shortestEdge = shortestEdge }
    init(square side: Int) { (height, width) = (side, side) }

    init(_ preprocessing: Preprocessing) {
        switch preprocessing.resizeMode {
        case .shortest: shortestEdge = preprocessing.shorterSide ?? preprocessing.side
        case .longest: (maxHeight, maxWidth) = (preprocessing.side, preprocessing.side)
        case .squash: (height, width) = (preprocessing.side, preprocessing.side)
        }
    }

    init(from decoder: any Decoder) throws {
        if let side = try? decoder.singleValueContainer().decode(Int.self) {  // as older files have it
            shortestEdge = side
            return
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        shortestEdge = try values.decodeIfPresent(Int.self, forKey: .shortestEdge)
        height = try values.decodeIfPresent(Int.self, forKey: .height)
        width = try values.decodeIfPresent(Int.self, forKey: .width)
        maxHeight = try values.decodeIfPresent(Int.self, forKey: .maxHeight)
        maxWidth = try values.decodeIfPresent(Int.self, forKey: .maxWidth)
    }

    /// The side and the mode, where they make a square of a size that is possible.
    var square: (side: Int, mode: Resize.Mode)? {
        let found: (side: Int, mode: Resize.Mode)
        if let shortestEdge {
            found = (shortestEdge, .shortest)
        } else if let height, height == width {
            found = (height, .squash)
        } else if let maxHeight, maxHeight == maxWidth {
            found = (maxHeight, .longest)
        } else {
            return nil
        }
        return 1...8192 ~= found.side ? found : nil
    }
}
