import Augmentations
import Failures
package import Towers

/// How a tower's row becomes an embedding.
package enum ProjectionChoice: String, Codable, Sendable, CaseIterable {
    /// By one matrix.
    case linear
    /// Through a hidden layer.
    case mlp
}

/// What a run with towers trained elsewhere makes of them.
package struct TowerSettings: Codable, Sendable, Equatable {
    /// The towers, and what stands behind them.
    package var choices: TowerChoices
    /// Whether a tower stays as it is.
    package var locksImage, locksText: Bool
    /// Share of the projections' hidden numbers that are set to zero in training.
    package var dropout: Float
    /// Views of each picture that a locked tower sees: one is the picture as it is, the others are augmented.
    package var featureViews: Int

    /// The towers that stay as they are.
    var locked: Set<TowerSide> {
        Set((locksImage ? [TowerSide.image] : []) + (locksText ? [.text] : []))
    }
}

extension TowerChoices {
    /// What the projections are.
    var projection: ProjectionChoice { projectionHidden == nil ? .linear : .mlp }

    /// The towers by the names of their folders; `preset` where a tower is not trained elsewhere.
    func name(else preset: String) -> String {
        func name(_ path: String?) -> String {
            guard let path else { return preset }
            let parts = path.split(separator: "/").filter { $0 != "prepared" }
            return parts.last.map(String.init) ?? path
        }
        return "\(name(imageTower)) + \(name(textTower))"
    }
}

extension TrainingOptions {
    /// The settings of towers trained elsewhere; nil where none is asked for.
    ///
    /// A tower that came trained stays locked unless `--no-lock-image` or `--no-lock-text` says otherwise.
    ///
    /// - Throws: `.badSettings` where an option asks for something of such a tower and there is none.
    func towerSettings() throws(Failure) -> TowerSettings? {
        let isAsked = imageTower != nil || textTower != nil
        let needing: [(String, Bool, TowerSide?)] = [
            ("--image-size", imageSize != nil, .image), ("--image-layer", imageLayer != nil, .image),
            ("--lock-image", locksImage != nil, .image), ("--lock-text", locksText != nil, .text),
            ("--feature-views", featureViews != nil, .image), ("--text-pooling", textPooling != nil, .text),
            ("--projection", projection != nil, nil), ("--projection-dim", projectionDim != nil, nil),
            ("--projection-hidden", projectionHidden != nil, nil),
            ("--projection-dropout", projectionDropout != nil, nil),
        ]
        for (name, isGiven, side) in needing where isGiven {
            let folder = side == .image ? imageTower : side == .text ? textTower : imageTower ?? textTower
            guard folder == nil else { continue }
            let tower = side == .text ? "--text-tower" : "--image-tower"
            throw Failure(
                .badSettings, "cannot use option", at: name,
                because: "it belongs to a tower that was trained elsewhere",
                try: "give \(tower), or leave \(name) out")
        }
        guard isAsked else { return nil }
        guard textTower == nil || (contextLength == nil && vocabSize == nil) else {
            throw Failure(
                .badSettings, "cannot use option", at: contextLength == nil ? "--vocab-size" : "--context-length",
                because: "the tower of --text-tower decides it", try: "leave it out")
        }
        let locksImage = imageTower != nil && locksImage != false, locksText = textTower != nil && locksText != false
        guard locksImage || featureViews == nil else {
            throw Failure(
                .badSettings, "cannot use option", at: "--feature-views", because: "the picture tower is not locked",
                try: "leave it out: each epoch sees another view")
        }
        var choices = TowerChoices(embedDim: projectionDim ?? 256)
        choices.imageTower = imageTower.map(DataSettings.absolute)
        choices.textTower = textTower.map(DataSettings.absolute)
        (choices.imageSize, choices.imageLayer) = (imageSize, imageLayer)
        (choices.imagePooling, choices.textPooling) = (imagePooling, textPooling)
        choices.projectionHidden = projection == .linear ? nil : projectionHidden ?? 1536
        return TowerSettings(
            choices: choices, locksImage: locksImage, locksText: locksText,
            dropout: projection == .linear ? 0 : projectionDropout ?? 0.2, featureViews: featureViews ?? 1)
    }
}
