package import Augmentations
import Failures
import Objectives
import Tokenizers
package import Towers

/// Everything that decides what a run computes, with nothing left open. The value that ran is the value in `run.json`.
///
/// Threads and workers are not here: they never change a result.
package struct TrainingSettings: Codable, Sendable, Equatable {
    package var data: DataSettings
    /// What is learnt; `clip` where nil, as in runs that knew no other.
    package var objectives: [ObjectiveChoice]?
    /// Whether contrastive losses leave the true pair out of their sums (DCL).
    package var isDecoupled: Bool?
    /// Lengths at which embeddings are learnt as well; the whole alone where nil.
    package var matryoshka: PrefixLengths?
    /// A preset's name or the absolute path of a JSON file.
    package var model: String
    package var contextLength, vocabSize: Int?
    /// How the picture tower of `model` makes one row of many.
    package var imagePooling: ImagePooling?
    /// How the text tower of `model` makes one row of many.
    package var textPooling: TextPooling?
    /// Whether tokens of the text tower of `model` see those behind them.
    package var textIsBidirectional: Bool?
    /// Absolute paths of runs whose towers this one starts from.
    package var initial: [String]?
    /// Towers that were trained elsewhere.
    package var towers: TowerSettings?
    /// Absolute path of vectors that another model made of the pictures.
    package var teacher: String?
    package var imageResizeMode: Resize.Mode
    package var augmentation: AugmentationChoice
    /// Whether pictures are mirrored half the time: not where captions tell left from right.
    package var isMirrored: Bool
    /// Patches of a picture that a step does not see; nil where it sees all.
    package var patchDropout: PatchDropout?
    /// Smaller pictures at first; nil where all steps see them whole.
    package var resolutionSchedule: ResolutionSchedule?
    package var batchSize: Int
    /// Pairs of a batch that are computed at once; all of them where nil.
    package var microBatch: Int?
    package var minutes: Double?
    package var epochs, steps: Int?
    package var optimizer: OptimizerChoice
    package var learningRate: Float
    package var weightDecay: Float
    package var warmup: Int?
    package var gradientNormLimit: Float
    package var emaDecay: Float?
    package var seed: UInt64
    package var validationFrequency: Int?
    package var checkpointMinutes: Double
    package var checkpointSteps: Int?

    /// What is learnt, that of a teacher among it.
    var chosenObjectives: [ObjectiveChoice] {
        (objectives ?? [ObjectiveChoice(SoftmaxContrastive.name)])
            + (teacher == nil ? [] : [ObjectiveChoice(TeacherDistillation.name)])
    }

    /// What a batch must hold.
    var needs: Set<BatchNeed> { chosenObjectives.needs }

    /// What the run learns from.
    var material: Material { Material(needs) }

    /// How towers that come trained go on learning.
    var tuning: FineTuning? { towers?.tuning(beside: learningRate) }

    /// The learning rate over the run.
    var schedule: Schedule { Schedule(peak: learningRate, warmupSteps: warmup) }

    /// What ends the run: the nearest of its limits.
    func budget(stepsPerEpoch: Int) -> Budget {
        Budget(steps: [epochs.map { $0 * stepsPerEpoch }, steps].compactMap { $0 }.min(), minutes: minutes)
    }
}

extension TrainingOptions {
    /// Decides what the user left open, by the number of pairs to learn from.
    ///
    /// Where no end is given: a minute for each thousand pairs, at least 3, at most 60, and never more than 100 epochs.
    /// The batch is the largest power of two up to 128 that still makes four steps an epoch; up to 512 where texts alone
    /// are compared. Where both towers are locked
    /// only projections are trained: 40 epochs, batches of up to 512, and half the learning rate and decay.
    ///
    /// A model of `--pretrained` goes on with a tenth of the learning rate.
    ///
    /// - Parameter resizeMode: How pictures become square where the user did not say.
    package func settings(
        pairs: Int, captionsSurviveMirroring: Bool = true, towers: TowerSettings? = nil,
        resizeMode: Resize.Mode = .shortest
    ) -> TrainingSettings {
        let isOpen = minutes == nil && epochs == nil && steps == nil, isLocked = towers?.locked.count == 2
        let openMinutes = isLocked ? nil : min(max((Double(pairs) / 1000).rounded(), 3), 60)
        let rate: Float = isLocked ? 5e-4 : towers?.pretrained == nil ? 1e-3 : 1e-4
        return TrainingSettings(
            data: DataSettings(self), objectives: objectives, isDecoupled: isDecoupled,
            matryoshka: matryoshka, model: chosenModel,
            contextLength: contextLength ?? (material == .texts ? 64 : nil), vocabSize: vocabSize,
            imagePooling: towers == nil ? imagePooling : nil, textPooling: towers == nil ? textPooling : nil,
            textIsBidirectional: towers == nil ? textIsBidirectional : nil,
            initial: initial.isEmpty ? nil : initial.map(DataSettings.absolute), towers: towers,
            teacher: teacher.map(DataSettings.absolute),
            imageResizeMode: imageResizeMode ?? resizeMode, augmentation: augmentation ?? .crop,
            isMirrored: augmentation != AugmentationChoice.none && captionsSurviveMirroring,
            patchDropout: patchDropout.map { PatchDropout(share: $0) }, resolutionSchedule: resolutionSchedule,
            batchSize: batchSize ?? Self.batchSize(for: pairs, atMost: isLocked || comparesTexts ? 512 : 128),
            microBatch: microBatch, minutes: isOpen ? openMinutes : minutes,
            epochs: isOpen ? (isLocked ? 40 : 100) : epochs, steps: steps,
            optimizer: optimizer ?? (towers == nil ? .muon : .adamW),
            learningRate: learningRate ?? rate,
            weightDecay: weightDecay ?? (isLocked ? 0.1 : 0.2), warmup: warmup, gradientNormLimit: 1,
            emaDecay: emaDecay,
            seed: seed ?? 0, validationFrequency: validationFrequency, checkpointMinutes: checkpointMinutes ?? 2,
            checkpointSteps: checkpointSteps)
    }

    /// A text tower that must guess hidden tokens, or that is pooled over all of them, sees both directions; so does one
    /// that learns from texts alone. Nil where a preset's own causal tower does.
    private var textIsBidirectional: Bool? {
        let needs = (objectives ?? []).needs
        let isPooled = textPooling.map { $0 != .last } ?? false
        return material == .texts || TextNeeds(needs).hides || isPooled || startsBidirectional ? true : nil
    }

    /// The name of a preset, or the absolute path of a JSON file.
    var chosenModel: String {
        guard let model, model.hasSuffix(".json") else { return model ?? "vit-nano-8-64" }
        return DataSettings.absolute(model)
    }

    /// Whether nothing but texts is compared: a step is so cheap that more others to tell apart are worth more.
    private var comparesTexts: Bool {
        (objectives ?? []).needs.allSatisfy { if case .textPairs = $0 { true } else { false } } && objectives != nil
    }

    private static func batchSize(for pairs: Int, atMost limit: Int) -> Int {
        var size = limit
        while size > 2 && size * 4 > pairs { size /= 2 }
        return size
    }

    /// Whether the options given beside `--resume` agree with the settings of the run.
    ///
    /// - Throws: `.badSettings` that names the first option that does not.
    func agree(with settings: TrainingSettings, of run: String) throws(Failure) {
        let towers = settings.towers, choices = towers?.choices
        let compared: [(String, String?, String?)] = [
            ("DATA", data.map(DataSettings.absolute), settings.data.path),
            (
                "--val-data", validationData.isEmpty ? nil : sorted(validationData.map(DataSettings.absolute)),
                sorted([settings.data.validationPath].compactMap { $0 } + (settings.data.validationTexts ?? []))
            ),
            ("--pictures", pictures.map(DataSettings.absolute), settings.data.picturesPath),
            ("--val-split", text(validationSplit), text(settings.data.validationSplit)),
            ("--csv-separator", csvSeparator, settings.data.csvSeparator),
            ("--csv-img-key", csvImageKey, settings.data.csvImageKey),
            ("--csv-caption-key", csvCaptionKey, settings.data.csvCaptionKey),
            (
                "--objective", objectives.map(words),
                words(settings.objectives ?? [ObjectiveChoice(SoftmaxContrastive.name)])
            ),
            ("--decoupled", text(isDecoupled), text(settings.isDecoupled ?? false)),
            ("--matryoshka", text(matryoshka), text(settings.matryoshka)),
            ("--tokenizer", symbols?.rawValue, settings.data.symbols?.rawValue),
            ("--model", model == nil ? nil : chosenModel, settings.model),
            ("--context-length", text(contextLength), text(settings.contextLength)),
            ("--vocab-size", text(vocabSize), text(settings.vocabSize)),
            ("--image-pooling", imagePooling?.rawValue, (settings.imagePooling ?? choices?.imagePooling)?.rawValue),
            ("--text-pooling", textPooling?.rawValue, (settings.textPooling ?? choices?.textPooling)?.rawValue),
            (
                "--init", initial.isEmpty ? nil : initial.map(DataSettings.absolute).joined(separator: ", "),
                settings.initial?.joined(separator: ", ")
            ),
            ("--image-tower", imageTower.map(DataSettings.absolute), choices?.imageTower),
            ("--text-tower", textTower.map(DataSettings.absolute), choices?.textTower),
            ("--image-size", text(imageSize), text(choices?.imageSize)),
            ("--image-layer", text(imageLayer), text(choices?.imageLayer)),
            ("--lock-image", text(locksImage), text(towers?.locksImage)),
            ("--lock-text", text(locksText), text(towers?.locksText)),
            ("--feature-views", text(featureViews), text(towers?.featureViews)),
            ("--projection", projection?.rawValue, choices?.projection.rawValue),
            ("--projection-dim", text(projectionDim), text(choices?.embedDim)),
            ("--projection-hidden", text(projectionHidden), text(choices?.projectionHidden)),
            ("--projection-dropout", text(projectionDropout), text(towers?.dropout)),
            ("--teacher", teacher.map(DataSettings.absolute), settings.teacher),
            ("--pretrained", pretrained.map(DataSettings.absolute), towers?.pretrained),
            ("--unlock-groups", text(unlockGroups), text(towers?.unlockedGroups)),
            ("--lora", text(loraRank), text(towers?.loraRank)),
            ("--tower-lr", text(towerLearningRate), text(towers?.learningRate)),
            ("--layer-decay", text(layerDecay), text(towers?.layerDecay)),
            ("--image-resize-mode", imageResizeMode?.rawValue, settings.imageResizeMode.rawValue),
            ("--augment", augmentation?.rawValue, settings.augmentation.rawValue),
            ("--patch-dropout", text(patchDropout), text(settings.patchDropout?.share)),
            ("--resolution-schedule", text(resolutionSchedule), text(settings.resolutionSchedule)),
            ("--batch-size", text(batchSize), text(settings.batchSize)),
            ("--micro-batch", text(microBatch), text(settings.microBatch)),
            ("--minutes", text(minutes), text(settings.minutes)),
            ("--opt", optimizer?.rawValue, settings.optimizer.rawValue),
            ("--epochs", text(epochs), text(settings.epochs)), ("--steps", text(steps), text(settings.steps)),
            ("--lr", text(learningRate), text(settings.learningRate)),
            ("--wd", text(weightDecay), text(settings.weightDecay)),
            ("--warmup", text(warmup), text(settings.warmup)), ("--ema", text(emaDecay), text(settings.emaDecay)),
            ("--seed", text(seed), text(settings.seed)),
        ]
        for (name, given, stored) in compared {
            guard let given, given != stored else { continue }
            throw Failure(
                .badSettings, "cannot resume", at: run,
                because: "\(name) is \(given), but the run has \(stored ?? "none")", try: "leave \(name) out")
        }
    }

    private func words(_ objectives: [ObjectiveChoice]) -> String {
        objectives.map(\.description).joined(separator: " + ")
    }

    private func sorted(_ paths: [String]) -> String { paths.sorted().joined(separator: ", ") }

    private func text(_ value: (some CustomStringConvertible)?) -> String? { value?.description }
}
