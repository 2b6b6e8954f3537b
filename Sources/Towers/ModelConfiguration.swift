public import Failures
package import Foundation
import Layers
import Storage

/// The shape of a model: two towers and the length of their joint embedding. Its JSON is open_clip's.
public struct ModelConfiguration: Codable, Sendable, Equatable {
    /// Length of the joint embedding.
    public var embedDim: Int
    /// Whether the blocks use `x·σ(1.702·x)`, as OpenAI's weights do, in place of GELU.
    public var quickGELU = false
    /// The picture tower.
    public var vision: VisionConfiguration
    /// The caption tower.
    public var text: TextConfiguration

    /// A model of two towers.
    public init(embedDim: Int, quickGELU: Bool = false, vision: VisionConfiguration, text: TextConfiguration) {
        self.embedDim = embedDim
        self.quickGELU = quickGELU
        self.vision = vision
        self.text = text
    }

    /// Reads `path`: a JSON file as open_clip's `model_configs`, or the `model_cfg` of an `open_clip_config.json`.
    ///
    /// - Throws: `.badSettings` where a setting is missing, unknown or contradicts another.
    public init(file path: String) throws(Failure) {
        try self.init(json: jsonFile(path), named: path)
    }

    /// Reads the JSON of a model. `place` is what a failure calls it.
    package init(json: Data, named place: String) throws(Failure) {
        let wrapped = try decoded(OpenCLIPConfiguration.self, from: json, named: place)
        self = if let model = wrapped.model_cfg { model } else { try decoded(Self.self, from: json, named: place) }
        try check(named: place)
    }

    /// Whether every setting is possible beside the others.
    ///
    /// - Throws: `.badSettings` that names the two that disagree.
    public func check(named place: String) throws(Failure) {
        try requirePositive(embedDim, "embed_dim", place)
        try vision.check(place)
        try text.check(place)
    }
}

/// The `open_clip_config.json` of a model folder, as far as it speaks of the model.
private struct OpenCLIPConfiguration: Decodable {
    let model_cfg: ModelConfiguration?
}

/// The picture tower: a vision transformer over square patches.
public struct VisionConfiguration: Codable, Sendable, Equatable {
    /// How the rows of a picture become one embedding, in open_clip's words.
    public enum Pooling: String, Codable, Sendable {
        /// The class token's row.
        case classToken = "tok"
        /// The mean of the patches' rows.
        case mean = "avg"
    }

    /// Side of the square picture, in pixels.
    public var imageSize = 224
    /// Number of transformer blocks.
    public var layers = 12
    /// Length of a row.
    public var width = 768
    /// Length of a row's part that one attention head sees.
    public var headWidth = 64
    /// Side of a patch, in pixels.
    public var patchSize = 16
    /// Width of a block's hidden layer, as a multiple of `width`.
    public var mlpRatio = 4.0
    /// How the rows of a picture become one embedding.
    public var pooling = Pooling.classToken

    /// A tower with open_clip's defaults: ViT-B/16 on 224 pixels.
    public init() {}

    /// Number of attention heads.
    public var heads: Int { width / headWidth }
    /// Patches of a picture.
    public var patches: Int { patchesPerSide * patchesPerSide }
    /// Patches along each side.
    var patchesPerSide: Int { imageSize / patchSize }
    /// Numbers of a patch: channels × patchSize × patchSize.
    public var patchWidth: Int { 3 * patchSize * patchSize }
    /// Width of a block's hidden layer.
    public var hiddenWidth: Int { Int(Double(width) * mlpRatio) }
}

/// The caption tower: a causal transformer over tokens.
public struct TextConfiguration: Codable, Sendable, Equatable {
    /// The longest caption, in tokens, start and end included.
    public var contextLength = 77
    /// Number of tokens that exist.
    public var vocabSize = 49408
    /// Length of a row.
    public var width = 512
    /// Number of attention heads.
    public var heads = 8
    /// Number of transformer blocks.
    public var layers = 12
    /// Width of a block's hidden layer, as a multiple of `width`.
    public var mlpRatio = 4.0

    /// A tower with open_clip's defaults: that of ViT-B/32.
    public init() {}

    /// Width of a block's hidden layer.
    public var hiddenWidth: Int { Int(Double(width) * mlpRatio) }
}
