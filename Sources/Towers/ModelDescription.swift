/// How a model's two towers are described in its folder.
public enum ModelDescription: Sendable, Equatable {
    /// CLIP's pair, in open_clip's words and in transformers'.
    case clip(ModelConfiguration)
    /// Two towers of any origin, in transformers' words.
    case dualEncoder(DualEncoder)

    /// What the model is made of.
    public var plan: ModelPlan {
        switch self {
        case .clip(let configuration): configuration.plan
        case .dualEncoder(let towers): towers.plan
        }
    }
}
