public import Failures
import Layers

/// What the folder of a run holds for another run to start from.
public struct StartingPoint: Sendable {
    /// The folder.
    public let folder: String
    /// The towers in it.
    public let sides: Set<TowerSide>
    /// Whether tokens of its text tower see those behind them.
    public let textIsBidirectional: Bool
    /// How its picture tower pools; nil where it has none.
    public let imagePooling: ImagePooling?
    /// How its text tower pools; nil where it has none.
    public let textPooling: TextPooling?
    /// Its longest text, in tokens; nil where it has no text tower.
    public let contextLength: Int?

    /// Looks at the settings in `folder`.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where it holds no tower that is known here.
    public init(_ folder: String) throws(Failure) {
        let image = try TowerFolder(folder, of: .image), text = try TowerFolder(folder, of: .text)
        let hasImage = image.architecture.vision != nil && image.hasTower(.image)
        let hasText = text.architecture.text != nil && text.hasTower(.text)
        guard hasImage || hasText else {
            throw .settings(folder, "it holds neither a picture tower nor a text tower")
        }
        let plan = hasText ? try text.textPlan() : nil
        self.folder = folder
        sides = Set((hasImage ? [TowerSide.image] : []) + (hasText ? [.text] : []))
        textIsBidirectional = plan.map { !$0.blocks.causal } ?? false
        imagePooling = hasImage ? try image.visionPlan().pooling : nil
        (textPooling, contextLength) = (plan?.pooling, plan?.contextLength)
    }
}

extension TowerFolder {
    /// Whether a family that has both kinds of tower has this one here: `clip` has both, `clip_vision_model` one.
    fileprivate borrowing func hasTower(_ side: TowerSide) -> Bool {
        guard let type = config.modelType else { return false }
        return !type.hasSuffix(side == .image ? "_text_model" : "_vision_model")
    }
}
