import Failures

/// How towers of one family are laid out in files, and what their `config.json` says of their shape.
struct TowerArchitecture: Sendable {
    /// What `model_type` may be.
    let modelTypes: [String]
    /// The picture tower that a `config.json` describes.
    var vision: (@Sendable (TowerConfig) throws(Failure) -> VisionPlan)?
    /// The text tower that a `config.json` describes.
    var text: (@Sendable (TowerConfig) throws(Failure) -> TextPlan)?
    /// What may stand before all names of a file, where the tower was saved as a part of something.
    var prefixes: [String] = []
    /// Other spellings of parts of a name, and ours.
    var renamings: [(other: String, ours: String)] = []
    /// Parts of the names of tensors that are no part of the tower.
    var ignored: [String] = []

    /// Every family that is known.
    static let all: [TowerArchitecture] = [.clip, .dinov2, .vit, .siglip, .bert, .megatronBERT]

    /// The family of a `model_type`.
    static func named(_ modelType: String?) -> TowerArchitecture? {
        all.first { architecture in modelType.map { architecture.modelTypes.contains($0) } ?? false }
    }
}
