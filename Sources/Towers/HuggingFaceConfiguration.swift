import Failures
import Foundation

/// The `config.json` of transformers' `CLIPModel`, as far as it shapes the model. Property names are the file's keys.
struct HuggingFaceConfiguration: Codable {
    struct Vision: Codable {
        var hidden_size, intermediate_size, num_hidden_layers, num_attention_heads: Int?
        var image_size, patch_size, num_channels, projection_dim: Int?
        var hidden_act: String?
        var layer_norm_eps: Double?
        var model_type: String?
    }

    struct Text: Codable {
        var hidden_size, intermediate_size, num_hidden_layers, num_attention_heads: Int?
        var vocab_size, max_position_embeddings, projection_dim: Int?
        var bos_token_id, eos_token_id, pad_token_id: Int?
        var hidden_act: String?
        var layer_norm_eps: Double?
        var model_type: String?
    }

    var architectures: [String]?
    var model_type: String?
    var projection_dim: Int?
    var logit_scale_init_value: Double?
    var vision_config: Vision?
    var text_config: Text?
    /// Older files repeat the towers under these keys, and then these count.
    var vision_config_dict: Vision?
    var text_config_dict: Text?

    private static let epsilon = 1e-5
    private static let quickGELU = "quick_gelu"

    /// The file for a model whose captions start and end with these tokens.
    ///
    /// transformers pools a caption at its first end token, and pads with it, as CLIP's tokenizer does.
    init(_ model: ModelConfiguration, startToken: Int32?, endToken: Int32?) {
        let act = model.quickGELU ? Self.quickGELU : "gelu"
        (architectures, model_type) = (["CLIPModel"], "clip")
        (projection_dim, logit_scale_init_value) = (model.embedDim, 2.6592)
        vision_config = Vision(
            hidden_size: model.vision.width, intermediate_size: model.vision.hiddenWidth,
            num_hidden_layers: model.vision.layers, num_attention_heads: model.vision.heads,
            image_size: model.vision.imageSize, patch_size: model.vision.patchSize, num_channels: 3,
            projection_dim: model.embedDim, hidden_act: act, layer_norm_eps: Self.epsilon,
            model_type: "clip_vision_model")
        text_config = Text(
            hidden_size: model.text.width, intermediate_size: model.text.hiddenWidth,
            num_hidden_layers: model.text.layers, num_attention_heads: model.text.heads,
            vocab_size: model.text.vocabSize, max_position_embeddings: model.text.contextLength,
            projection_dim: model.embedDim, bos_token_id: startToken.map(Int.init),
            eos_token_id: endToken.map(Int.init),
            pad_token_id: endToken.map(Int.init), hidden_act: act, layer_norm_eps: Self.epsilon,
            model_type: "clip_text_model")
    }

    /// The model that the file describes; what it leaves out has transformers' defaults.
    ///
    /// - Throws: `.badSettings` where it is none that our towers can be.
    func model(named place: String) throws(Failure) -> ModelConfiguration {
        let vision = vision_config_dict ?? vision_config, text = text_config_dict ?? text_config
        guard model_type ?? "clip" == "clip", let vision, let text else {
            throw .settings(place, "model_type is \(model_type ?? "missing"), expected clip with two towers")
        }
        let acts = [vision.hidden_act ?? Self.quickGELU, text.hidden_act ?? Self.quickGELU]
        guard acts[0] == acts[1], ["gelu", Self.quickGELU].contains(acts[0]) else {
            throw .settings(place, "hidden_act is \(acts[0]) and \(acts[1]), expected gelu or quick_gelu for both")
        }
        for epsilon in [vision.layer_norm_eps, text.layer_norm_eps] where epsilon ?? Self.epsilon != Self.epsilon {
            throw .settings(place, "layer_norm_eps is \(epsilon ?? 0), expected \(Self.epsilon)")
        }
        guard vision.num_channels ?? 3 == 3 else {
            throw .settings(place, "num_channels is \(vision.num_channels ?? 0), expected 3")
        }
        let model = ModelConfiguration(
            embedDim: projection_dim ?? 512, quickGELU: acts[0] == Self.quickGELU,
            vision: try vision.tower(place), text: try text.tower(place))
        try model.check(named: place)
        return model
    }
}

extension HuggingFaceConfiguration.Vision {
    fileprivate func tower(_ place: String) throws(Failure) -> VisionConfiguration {
        var tower = VisionConfiguration()
        let heads = num_attention_heads ?? 12
        tower.width = hidden_size ?? 768
        guard heads > 0, tower.width % heads == 0 else {
            throw .settings(place, "hidden_size \(tower.width) is not a multiple of num_attention_heads \(heads)")
        }
        tower.headWidth = tower.width / heads
        tower.layers = num_hidden_layers ?? 12
        tower.imageSize = image_size ?? 224
        tower.patchSize = patch_size ?? 32
        tower.mlpRatio = try ratio(intermediate_size ?? 3072, to: tower.width, place)
        return tower
    }
}

extension HuggingFaceConfiguration.Text {
    fileprivate func tower(_ place: String) throws(Failure) -> TextConfiguration {
        var tower = TextConfiguration()
        tower.width = hidden_size ?? 512
        tower.heads = num_attention_heads ?? 8
        tower.layers = num_hidden_layers ?? 12
        tower.vocabSize = vocab_size ?? 49408
        tower.contextLength = max_position_embeddings ?? 77
        tower.mlpRatio = try ratio(intermediate_size ?? 2048, to: tower.width, place)
        return tower
    }
}

/// The `mlp_ratio` that gives `hidden` when it is multiplied by `width` and rounded down, as open_clip does.
private func ratio(_ hidden: Int, to width: Int, _ place: String) throws(Failure) -> Double {
    try requirePositive(width, "hidden_size", place)
    try requirePositive(hidden, "intermediate_size", place)
    let ratio = Double(hidden) / Double(width)
    return Int(Double(width) * ratio) == hidden ? ratio : ratio.nextUp
}
