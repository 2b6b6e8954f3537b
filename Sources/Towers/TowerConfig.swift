import Failures
import Kernels
import Layers

/// The `config.json` of a tower: settings by name, each with transformers' default.
struct TowerConfig: Sendable, Equatable {
    let json: JSON
    /// What a failure calls the file.
    let place: String

    /// Two say the same, wherever they were read.
    static func == (a: Self, b: Self) -> Bool { a.json == b.json }

    /// Which architecture it describes.
    var modelType: String? { if case .string(let type)? = json["model_type"] { type } else { nil } }

    /// The settings of one tower of two; these themselves where there is only one.
    func part(_ name: String) -> TowerConfig { json[name].map { TowerConfig(json: $0, place: place) } ?? self }

    /// The same with another value of one setting of one tower.
    func setting(_ name: String, _ value: Int, in part: String) -> TowerConfig {
        var json = json
        if json[part] == nil {
            json[name] = .number(Double(value))
        } else {
            json[part]?[name] = .number(Double(value))
        }
        return TowerConfig(json: json, place: place)
    }

    /// The same without what says how weights begin, since trained ones have taken their place, and without what this
    /// project added. transformers refuses some of these numbers where they are whole, and JSON does not tell 1 from 1.0.
    func withoutInitialization() -> TowerConfig {
        TowerConfig(
            json: json.without(["layerscale_value", "initializer_range", "initializer_factor", DualEncoder.extrasKey]),
            place: place)
    }

    /// A setting that counts something: positive, and small enough to be a size.
    func count(_ name: String, _ standard: Int) throws(Failure) -> Int {
        let value = try number(name, Double(standard))
        guard value == value.rounded(), let count = Int(exactly: value) else {
            throw .settings(place, "\(name) is \(value), expected a whole number")
        }
        try requirePositive(count, name, place)
        return count
    }

    func number(_ name: String, _ standard: Double) throws(Failure) -> Double {
        switch json[name] {
        case nil, .null: return standard
        case .number(let value): return value
        default: throw .settings(place, "\(name) is no number")
        }
    }

    func flag(_ name: String, _ standard: Bool) throws(Failure) -> Bool {
        switch json[name] {
        case nil, .null: return standard
        case .bool(let value): return value
        default: throw .settings(place, "\(name) is neither true nor false")
        }
    }

    /// The activation of the hidden layers, in transformers' words.
    private func activation(_ standard: String) throws(Failure) -> Activation {
        let name = "hidden_act"
        guard case .string(let word) = json[name] ?? .string(standard) else {
            throw .settings(place, "\(name) is no word")
        }
        switch word {
        case "gelu": return .gelu
        case "quick_gelu": return .quickGELU
        case "gelu_pytorch_tanh", "gelu_new", "gelu_fast": return .tanhGELU
        default:
            throw .settings(place, "\(name) is \(word), expected gelu, quick_gelu or gelu_pytorch_tanh")
        }
    }

    /// What all blocks of the tower share, under transformers' usual names.
    func blocks(
        width: Int, heads: Int, layers: Int, hiddenWidth: Int, epsilon: Double, activation: String = "gelu"
    ) throws(Failure) -> BlockSettings {
        let width = try count("hidden_size", width), heads = try count("num_attention_heads", heads)
        guard width % heads == 0 else {
            throw .settings(place, "hidden_size \(width) is not a multiple of num_attention_heads \(heads)")
        }
        return BlockSettings(
            width: width, heads: heads, hiddenWidth: try count("intermediate_size", hiddenWidth),
            layers: try count("num_hidden_layers", layers), activation: try self.activation(activation),
            epsilon: Float(try number("layer_norm_eps", epsilon)))
    }

    /// Side of the square picture and of a patch, in pixels.
    func sides(image: Int, patch: Int) throws(Failure) -> (image: Int, patch: Int) {
        let image = try count("image_size", image), patch = try count("patch_size", patch)
        guard try count("num_channels", 3) == 3 else {
            throw .settings(place, "num_channels is \(try number("num_channels", 3)), expected 3")
        }
        return (image, patch)
    }
}
