package import Augmentations
import Failures
import Objectives
package import Tokenizers
package import Towers

/// What a user asks for. All but the data may be left open; the data's size then decides.
package struct TrainingOptions: Sendable {
    /// Folder or file with pictures and captions; left open only where a run is resumed.
    package var data: String?
    /// Data that is only evaluated on, in place of a part of `data`.
    package var validationData: [String] = []
    /// Pictures without captions, which objectives on pictures alone learn from beside the pairs of `data`.
    package var pictures: String?
    /// Share of the pairs kept for evaluation where the data has no validation part of its own.
    package var validationSplit: Double?
    /// How to read a table of captions; guessed where nil.
    package var csvSeparator, csvImageKey, csvCaptionKey: String?
    /// What is learnt: `clip` where nil.
    package var objectives: [ObjectiveChoice]?
    /// Whether contrastive losses leave the true pair out of their sums (DCL).
    package var isDecoupled: Bool?
    /// Lengths at which embeddings are learnt as well.
    package var matryoshka: PrefixLengths?
    /// What texts consist of where they are no language.
    package var symbols: Symbols?
    /// A preset's name or the path of a model's JSON file.
    package var model: String?
    /// Longest caption in tokens, and number of tokens to train.
    package var contextLength, vocabSize: Int?
    /// How a picture that is not square becomes one.
    package var imageResizeMode: Resize.Mode?
    /// What happens to a picture each time that it is seen.
    package var augmentation: AugmentationChoice?
    /// How each tower makes one row of many.
    package var imagePooling: ImagePooling?
    package var textPooling: TextPooling?
    /// Folders of towers that were trained elsewhere.
    package var imageTower, textTower: String?
    /// Run directories whose towers this run starts from.
    package var initial: [String] = []
    /// Whether the text tower that it starts from sees both directions.
    var startsBidirectional = false
    /// Folder of a whole model to go on from.
    package var pretrained: String?
    /// Vectors that another model made of the pictures, to be learnt from.
    package var teacher: String?
    /// Side of the square picture, and the blocks of the picture tower that are used.
    package var imageSize, imageLayer: Int?
    /// Whether towers that were trained elsewhere stay as they are.
    package var locksImage, locksText: Bool?
    /// How far towers that come trained go on learning, and how fast.
    package var unlockGroups, loraRank: Int?
    package var towerLearningRate, layerDecay: Float?
    /// Views of each picture that a locked tower sees.
    package var featureViews: Int?
    /// What makes embeddings of such a tower's rows: kind, length of the embedding, width and dropout of a hidden layer.
    package var projection: ProjectionChoice?
    package var projectionDim, projectionHidden: Int?
    package var projectionDropout: Float?
    /// Share of each picture's patches that a step does not see.
    package var patchDropout: Float?
    /// Smaller pictures at first.
    package var resolutionSchedule: ResolutionSchedule?
    /// Pairs a step.
    package var batchSize: Int?
    /// Pairs that are computed at once.
    package var microBatch: Int?
    /// What ends the run; the nearer one where several are given.
    package var minutes: Double?
    package var epochs, steps: Int?
    /// What moves the weights.
    package var optimizer: OptimizerChoice?
    /// Top of the learning rate, decay of the weights, steps of the warm-up.
    package var learningRate, weightDecay: Float?
    package var warmup: Int?
    /// Decay of the moving average of the weights; none is kept where nil.
    package var emaDecay: Float?
    package var seed: UInt64?
    /// Epochs between evaluations; where nil, each epoch, unless that would cost more than a tenth of the time.
    package var validationFrequency: Int?
    /// Minutes and steps between checkpoints.
    package var checkpointMinutes: Double?
    package var checkpointSteps: Int?
    /// Threads that compute and threads that decode pictures. They never change a result.
    package var threads, workers: Int?
    /// Gigabytes of decoded pictures that are kept in the run directory; half a one in memory where nil.
    package var cachePixels: Double?
    /// Pictures to show with their views, in place of training.
    package var previewedPictures: Int?
    /// Where the run directory goes.
    package var output: String?
    /// A run directory to go on with.
    package var resume: String?

    /// Everything left open.
    package init() {}

    /// What the run learns from.
    var material: Material { Material(objectives?.needs ?? [.pairs]) }

    /// Whether every number is possible.
    ///
    /// - Throws: `.badSettings` that names the option.
    func check() throws(Failure) {
        let counts: [(String, Int?, ClosedRange<Int>)] = [
            ("--context-length", contextLength, 3...4096), ("--vocab-size", vocabSize, 514...1_000_000),
            ("--batch-size", batchSize, 2...65_536), ("--micro-batch", microBatch, 1...65_536),
            ("--epochs", epochs, 1...1_000_000),
            ("--steps", steps, 1...1_000_000_000), ("--warmup", warmup, 0...1_000_000_000),
            ("--val-frequency", validationFrequency, 1...1_000_000),
            ("--checkpoint-steps", checkpointSteps, 1...1_000_000_000),
            ("--unlock-groups", unlockGroups, 1...1000), ("--lora", loraRank, 1...4096),
            ("--image-size", imageSize, 1...8192), ("--image-layer", imageLayer, 1...1000),
            ("--feature-views", featureViews, 1...1000), ("--projection-dim", projectionDim, 1...65_536),
            ("--projection-hidden", projectionHidden, 1...65_536), ("--threads", threads, 1...1024),
            ("--workers", workers, 1...1024), ("--preview-augmentations", previewedPictures, 1...1000),
        ]
        for (name, value, range) in counts {
            if let value, !range.contains(value) { throw outOfRange(name, "\(value)", "\(range)") }
        }
        let numbers: [(String, Double?, ClosedRange<Double>)] = [
            ("--val-split", validationSplit, 0...0.9), ("--minutes", minutes, 0.01...1_000_000),
            ("--lr", learningRate.map(Double.init), 0...10), ("--wd", weightDecay.map(Double.init), 0...10),
            ("--patch-dropout", patchDropout.map(Double.init), 0...0.95),
            ("--ema", emaDecay.map(Double.init), 0...0.999_999),
            ("--checkpoint-minutes", checkpointMinutes, 0.01...1_000_000),
            ("--projection-dropout", projectionDropout.map(Double.init), 0...0.9),
            ("--tower-lr", towerLearningRate.map(Double.init), 0...10),
            ("--layer-decay", layerDecay.map(Double.init), 0...1), ("--cache-pixels", cachePixels, 0.001...100_000),
        ]
        for (name, value, range) in numbers {
            if let value, !range.contains(value) { throw outOfRange(name, "\(value)", "\(range)") }
        }
    }

    private func outOfRange(_ name: String, _ value: String, _ range: String) -> Failure {
        Failure(
            .badSettings, "cannot use option", at: name, because: "found \(value), expected \(range)",
            try: "give another value")
    }
}

/// What happens to a picture each time that it is seen in training.
package enum AugmentationChoice: String, Codable, Sendable, CaseIterable {
    /// Made a quarter larger than the model sees, cropped anywhere.
    case crop
    /// Seen whole, moved by up to an eighth of its side.
    case translate
    /// A random share of the area at random proportions, resized.
    case resizedCrop = "resized-crop"
    /// As in evaluation.
    case none
}
