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

/// What a run makes of towers that come trained.
package struct TowerSettings: Codable, Sendable, Equatable {
    /// The towers, and what stands behind them; nil where a whole model comes trained.
    package var choices: TowerChoices?
    /// The folder of a whole model to go on from.
    package var pretrained: String?
    /// Whether a tower stays as it is.
    package var locksImage, locksText: Bool
    /// Share of the projections' hidden numbers that are set to zero in training.
    package var dropout: Float
    /// Views of each picture that a locked tower sees: one is the picture as it is, the others are augmented.
    package var featureViews: Int
    /// Groups of each tower that learn, from its end: all where nil.
    package var unlockedGroups: Int?
    /// The learning rate of a tower's last block, and what it is multiplied by from there to the next.
    package var learningRate, layerDecay: Float
    /// Rank of the updates that learn in place of the towers' weights.
    package var loraRank: Int?

    /// The towers that stay as they are.
    var locked: Set<TowerSide> { sides(image: locksImage, text: locksText) }

    /// The towers that come trained.
    private var trained: Set<TowerSide> {
        guard let choices else { return Set(TowerSide.allCases) }
        return sides(image: choices.imageTower != nil, text: choices.textTower != nil)
    }

    private func sides(image: Bool, text: Bool) -> Set<TowerSide> {
        Set((image ? [TowerSide.image] : []) + (text ? [.text] : []))
    }

    /// How the towers that come trained go on learning beside projections with this learning rate.
    func tuning(beside learningRate: Float) -> FineTuning {
        FineTuning(
            of: trained.subtracting(locked), groups: unlockedGroups, rate: self.learningRate / max(learningRate, 1e-30),
            layerDecay: layerDecay, rank: loraRank)
    }

    /// The model by the names of its folders; `preset` where a tower does not come trained.
    func name(else preset: String) -> String {
        func name(_ path: String?) -> String {
            guard let path else { return preset }
            let parts = path.split(separator: "/").filter { $0 != "prepared" }
            return parts.last.map(String.init) ?? path
        }
        return choices.map { "\(name($0.imageTower)) + \(name($0.textTower))" } ?? name(pretrained)
    }
}

extension TowerChoices {
    /// What the projections are.
    var projection: ProjectionChoice { projectionHidden == nil ? .linear : .mlp }
}

extension TrainingOptions {
    /// The settings of towers that come trained; nil where none is asked for.
    ///
    /// A tower of `--image-tower` or `--text-tower` stays locked unless an option unlocks it; a model of `--pretrained`
    /// goes on learning unless an option locks it.
    ///
    /// - Throws: `.badSettings` where an option asks for what the others leave no room for.
    func towerSettings() throws(Failure) -> TowerSettings? {
        try checkTowerOptions()
        guard imageTower != nil || textTower != nil || pretrained != nil else { return nil }
        let isLocked = pretrained == nil && unlockGroups == nil && loraRank == nil
        let locksImage = locksImage ?? (isLocked && imageTower != nil), locksText = locksTextTower
        guard !locksImage || patchDropout == nil else {
            throw refused("--patch-dropout", "the picture tower is locked", "leave it out: its features are made once")
        }
        guard !locksImage || resolutionSchedule == nil else {
            throw refused(
                "--resolution-schedule", "the picture tower is locked", "leave it out: its features are made once")
        }
        guard locksImage || featureViews == nil else {
            throw refused(
                "--feature-views", "the picture tower is not locked", "leave it out: each epoch sees another view")
        }
        var choices = TowerChoices(embedDim: projectionDim ?? 256)
        choices.imageTower = imageTower.map(DataSettings.absolute)
        choices.textTower = textTower.map(DataSettings.absolute)
        (choices.imageSize, choices.imageLayer) = (imageSize, imageLayer)
        (choices.imagePooling, choices.textPooling) = (imagePooling, textPooling)
        choices.projectionHidden = projection == .linear ? nil : projectionHidden ?? 1536
        return TowerSettings(
            choices: pretrained == nil ? choices : nil, pretrained: pretrained.map(DataSettings.absolute),
            locksImage: locksImage, locksText: locksText,
            dropout: projection == .linear ? 0 : projectionDropout ?? 0.2, featureViews: featureViews ?? 1,
            unlockedGroups: unlockGroups, learningRate: towerLearningRate ?? (loraRank == nil ? 1e-5 : 1e-4),
            layerDecay: layerDecay ?? 0.8, loraRank: loraRank)
    }

    /// Whether the text tower stays as it is.
    var locksTextTower: Bool {
        locksText ?? (pretrained == nil && unlockGroups == nil && loraRank == nil && textTower != nil)
    }

    /// Options that need a tower which is not there, or that `--pretrained` or `--text-tower` decides.
    private func checkTowerOptions() throws(Failure) {
        let tower = "it belongs to a tower that comes trained"
        let needing: [(String, Bool, String?, String)] = [
            ("--image-size", imageSize != nil, imageTower, "--image-tower"),
            ("--image-layer", imageLayer != nil, imageTower, "--image-tower"),
            ("--lock-image", locksImage != nil, imageTower ?? pretrained, "--image-tower"),
            ("--lock-text", locksText != nil, textTower ?? pretrained, "--text-tower"),
            ("--feature-views", featureViews != nil, imageTower ?? pretrained, "--image-tower"),
            ("--projection", projection != nil, imageTower ?? textTower, "--image-tower or --text-tower"),
            ("--projection-dim", projectionDim != nil, imageTower ?? textTower, "--image-tower or --text-tower"),
            ("--projection-hidden", projectionHidden != nil, imageTower ?? textTower, "--image-tower or --text-tower"),
            (
                "--projection-dropout", projectionDropout != nil, imageTower ?? textTower ?? pretrained,
                "--image-tower or --text-tower"
            ),
            ("--unlock-groups", unlockGroups != nil, imageTower ?? textTower ?? pretrained, "--pretrained"),
            ("--lora", loraRank != nil, imageTower ?? textTower ?? pretrained, "--pretrained"),
            ("--tower-lr", towerLearningRate != nil, imageTower ?? textTower ?? pretrained, "--pretrained"),
            ("--layer-decay", layerDecay != nil, imageTower ?? textTower ?? pretrained, "--pretrained"),
        ]
        for (name, isGiven, needed, option) in needing where isGiven && needed == nil {
            throw refused(name, tower, "give \(option), or leave \(name) out")
        }
        let decided: [(String, Bool, String?, String)] = [
            ("--context-length", contextLength != nil, textTower ?? pretrained, "the tower"),
            ("--vocab-size", vocabSize != nil, textTower ?? pretrained, "the tower"),
            ("--image-tower", imageTower != nil, pretrained, "the model of --pretrained"),
            ("--text-tower", textTower != nil, pretrained, "the model of --pretrained"),
            ("--image-pooling", imagePooling != nil, pretrained, "the model of --pretrained"),
            ("--model", model != nil, pretrained, "the model of --pretrained"),
        ]
        for (name, isGiven, decider, what) in decided where isGiven && decider != nil {
            throw refused(name, "\(what) decides it", "leave it out")
        }
    }

    private func refused(_ option: String, _ why: String, _ remedy: String) -> Failure {
        Failure(.badSettings, "cannot use option", at: option, because: why, try: remedy)
    }
}
