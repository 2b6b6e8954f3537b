/// One of a model's two towers.
public enum TowerSide: String, Codable, Sendable, CaseIterable {
    /// The picture tower.
    case image
    /// The caption tower.
    case text

    /// What stands before the names of its parameters.
    public var prefix: String { self == .image ? Model.visionPrefix : Model.textPrefix }
    /// The file of its weights, where it has one of its own.
    var weightsFile: String { "model-\(rawValue)-tower.safetensors" }
}
