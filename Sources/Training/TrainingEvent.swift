package import Towers

/// Something that a run has to tell. Encodes itself as one JSON object with its name under `event`.
package enum TrainingEvent: Sendable, Encodable {
    case start(StartReport)
    case features(FeatureReport)
    case step(StepReport)
    case evaluation(EvaluationReport)
    case checkpoint(CheckpointReport)
    case warning(WarningReport)
    case done(DoneReport)

    /// The name under `event`.
    package var name: String {
        switch self {
        case .start: "start"
        case .features: "features"
        case .step: "step"
        case .evaluation: "evaluation"
        case .checkpoint: "checkpoint"
        case .warning: "warning"
        case .done: "done"
        }
    }

    private enum Key: CodingKey { case event }

    /// Writes the name and the report's own fields into one object.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .event)
        switch self {
        case .start(let report): try report.encode(to: encoder)
        case .features(let report): try report.encode(to: encoder)
        case .step(let report): try report.encode(to: encoder)
        case .evaluation(let report): try report.encode(to: encoder)
        case .checkpoint(let report): try report.encode(to: encoder)
        case .warning(let report): try report.encode(to: encoder)
        case .done(let report): try report.encode(to: encoder)
        }
    }
}

/// What a run is about to do.
package struct StartReport: Sendable, Encodable {
    /// Folder or file of the data, and what its reader understood, line by line.
    package var data: String
    /// What is learnt from, and what is learnt: the names that `--objective` takes.
    package var material: Material
    package var objectives: [String]
    package var understood: [String]
    /// Items to learn from and pictures kept apart.
    package var pairs, validationPairs: Int
    /// Share of the captions that are cut at the context length, `0...1`.
    package var truncatedCaptions: Double
    /// The preset or file of the model, its number of weights, those of locked towers apart, and its towers in words.
    package var model: String
    package var parameters, lockedParameters: Int
    package var towers: [String]
    /// The plan: pairs a step, steps an epoch, and what ends the run.
    package var batchSize, stepsPerEpoch: Int
    package var budget: Budget
    package var threads, workers: Int
    /// The run directory.
    package var output: String
    /// Where a resumed run goes on; 0 for a new one.
    package var step: Int
}

/// How far a locked tower is with what was not known of the data.
package struct FeatureReport: Sendable, Encodable, Equatable {
    package var tower: TowerSide
    /// Pictures or captions made so far, and how many there are to make; none where all were known.
    package var done, all: Int
    package var seconds, perSecond: Double
}

/// One update of the weights.
package struct StepReport: Sendable, Encodable, Equatable {
    /// Updates so far, this one included, and full passes over the data before it.
    package var step, epoch: Int
    /// Wall-clock time of all sessions together.
    package var seconds: Double
    /// In nats; beside it the loss of a model that can tell nothing apart, where that is a number.
    package var loss: Float
    package var chanceLoss: Float?
    /// The loss of each objective by itself; absent where there is one.
    package var losses: [String: Float]?
    /// Pairs trained on per second, over the last minute or so.
    package var pairsPerSecond: Double
    package var learningRate: Float
    /// What the cosines are multiplied by, at most 100; absent where the run has no pairs.
    package var logitScale: Float?
    /// Length of the gradient before clipping.
    package var gradientNorm: Float
    /// Mean cosine between different pictures, and between different texts, of the batch: 1 is a collapse.
    package var pictureCosine, captionCosine: Float?
    /// Share of the budget used, `0...1`, and an estimate of the seconds to go.
    package var progress: Double
    package var secondsLeft: Double
    /// Share of the time that the step waited for data, `0...1`.
    package var waiting: Double
    /// Share of that time that a decoding thread waited because enough batches were ready, `0...1`.
    package var decodersWaiting: Double
}

/// What held-out pictures and texts say of the model.
package struct EvaluationReport: Sendable, Encodable {
    package var step, epoch: Int
    package var seconds: Double
    /// Seconds that the evaluation took.
    package var took: Double
    package var findings: Findings
    /// Whether no evaluation before was better.
    package var isBest: Bool

    private enum Key: CodingKey { case step, epoch, seconds, took, isBest }

    /// Writes the findings beside the other fields.
    package func encode(to encoder: any Encoder) throws {
        try findings.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(step, forKey: .step)
        try container.encode(epoch, forKey: .epoch)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(took, forKey: .took)
        try container.encode(isBest, forKey: .isBest)
    }
}

/// A checkpoint was written.
package struct CheckpointReport: Sendable, Encodable {
    package var step, epoch: Int
    package var seconds: Double
    package var path: String
}

/// Training goes on, but something looks wrong.
package struct WarningReport: Sendable, Encodable {
    package var step: Int
    package var message: String
}

/// The end of a run.
package struct DoneReport: Sendable, Encodable {
    package var step, epoch: Int
    package var seconds: Double
    /// The most memory that this session had resident.
    package var peakBytes: Int
    package var output: String
    package var material: Material
    /// Samples that could not be used, listed in `skipped.jsonl`.
    package var skipped: Int
    /// What the best evaluation found, what that figure is, and its step.
    package var bestScore: Double?
    package var bestMeasure: Findings.Measure?
    package var bestStep: Int?
}
