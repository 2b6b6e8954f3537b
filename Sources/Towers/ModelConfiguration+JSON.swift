/// The JSON of open_clip's `model_configs`. A setting that is left out has open_clip's default; one that we do not know
/// is refused unless it is off, because it would make other towers.
extension ModelConfiguration {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case embedDim = "embed_dim"
        case quickGELU = "quick_gelu"
        case vision = "vision_cfg"
        case text = "text_cfg"
    }

    /// Decodes open_clip's `model_cfg`.
    public init(from decoder: any Decoder) throws {
        try refuseOthers(than: CodingKeys.allCases, in: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        embedDim = try container.decode(Int.self, forKey: .embedDim)
        quickGELU = try container.decodeIfPresent(Bool.self, forKey: .quickGELU) ?? false
        vision = try container.decode(VisionConfiguration.self, forKey: .vision)
        text = try container.decode(TextConfiguration.self, forKey: .text)
    }
}

extension VisionConfiguration {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case imageSize = "image_size"
        case layers
        case width
        case headWidth = "head_width"
        case patchSize = "patch_size"
        case mlpRatio = "mlp_ratio"
        case pooling = "pool_type"
    }

    /// Decodes open_clip's `vision_cfg`.
    public init(from decoder: any Decoder) throws {
        try refuseOthers(than: CodingKeys.allCases, in: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        imageSize = try container.decodeIfPresent(Int.self, forKey: .imageSize) ?? imageSize
        layers = try container.decodeIfPresent(Int.self, forKey: .layers) ?? layers
        width = try container.decodeIfPresent(Int.self, forKey: .width) ?? width
        headWidth = try container.decodeIfPresent(Int.self, forKey: .headWidth) ?? headWidth
        patchSize = try container.decodeIfPresent(Int.self, forKey: .patchSize) ?? patchSize
        mlpRatio = try container.decodeIfPresent(Double.self, forKey: .mlpRatio) ?? mlpRatio
        pooling = try container.decodeIfPresent(Pooling.self, forKey: .pooling) ?? pooling
    }
}

extension TextConfiguration {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case contextLength = "context_length"
        case vocabSize = "vocab_size"
        case width
        case heads
        case layers
        case mlpRatio = "mlp_ratio"
    }

    /// Which row of a caption open_clip takes. Both mean the end token's: by its id, or as the highest id of all.
    private enum Pooling: String, Decodable { case eos, argmax }
    private enum PoolingKey: String, CodingKey, CaseIterable { case pooling = "pool_type" }

    /// Decodes open_clip's `text_cfg`.
    public init(from decoder: any Decoder) throws {
        try refuseOthers(than: CodingKeys.allCases as [any CodingKey] + PoolingKey.allCases, in: decoder)
        _ = try decoder.container(keyedBy: PoolingKey.self).decodeIfPresent(Pooling.self, forKey: .pooling)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        contextLength = try container.decodeIfPresent(Int.self, forKey: .contextLength) ?? contextLength
        vocabSize = try container.decodeIfPresent(Int.self, forKey: .vocabSize) ?? vocabSize
        width = try container.decodeIfPresent(Int.self, forKey: .width) ?? width
        heads = try container.decodeIfPresent(Int.self, forKey: .heads) ?? heads
        layers = try container.decodeIfPresent(Int.self, forKey: .layers) ?? layers
        mlpRatio = try container.decodeIfPresent(Double.self, forKey: .mlpRatio) ?? mlpRatio
    }
}

/// Throws where the JSON has a key that is neither in `known` nor off: null, false, zero.
private func refuseOthers(than known: [any CodingKey], in decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: JSONKey.self), known = Set(known.map(\.stringValue))
    for key in container.allKeys where !known.contains(key.stringValue) && !aboutTokens.contains(key.stringValue) {
        if try container.decodeNil(forKey: key) { continue }
        if (try? container.decode(Bool.self, forKey: key)) == false { continue }
        if (try? container.decode(Double.self, forKey: key)) == 0 { continue }
        throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "unknown setting")
    }
}

/// What open_clip notes of the tokenizer, whose own files are read elsewhere. It makes no other tower.
private let aboutTokens: Set = ["hf_tokenizer_name", "tokenizer_kwargs", "tokenizer_mode", "eos_id", "pad_id"]
