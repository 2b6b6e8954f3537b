import Failures

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

    /// Whether every setting is possible beside the others.
    ///
    /// - Throws: `.badSettings` that names the two that disagree.
    func check(named place: String) throws(Failure) {
        switch self {
        case .clip(let configuration): try configuration.check(named: place)
        case .dualEncoder(let towers): try towers.plan.check(named: place)
        }
    }
}
