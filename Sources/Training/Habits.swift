/// When a run is evaluated and when it is saved. Neither changes a weight.
struct Habits {
    /// Epochs between evaluations; nil decides by what they cost.
    let validationFrequency: Int?
    let checkpointMinutes: Double
    let checkpointSteps: Int?
    /// When the last evaluation and checkpoint ended, on the run's clock, and how long they took.
    private(set) var evaluated: (at: Double, took: Double)
    private(set) var saved: (at: Double, took: Double)
    private var wasEvaluated = false

    init(_ settings: TrainingSettings, now: Double) {
        validationFrequency = settings.validationFrequency
        checkpointMinutes = settings.checkpointMinutes
        checkpointSteps = settings.checkpointSteps
        evaluated = (now, 0)
        saved = (now, 0)
    }

    /// Whether the model is to be evaluated after this step.
    ///
    /// Where the user did not say: at the end of an epoch or after two minutes, unless evaluations would then take more
    /// than a tenth of the time.
    func evaluationIsDue(_ position: Position) -> Bool {
        let endsEpoch = position.batch == 0
        if let validationFrequency { return endsEpoch && position.epoch % validationFrequency == 0 }
        let since = position.seconds - evaluated.at
        return (endsEpoch || since >= 120) && since >= max(10 * reserve, 5)
    }

    /// Whether a checkpoint is to be written after this step.
    func checkpointIsDue(_ position: Position) -> Bool {
        if let checkpointSteps, position.step % checkpointSteps == 0 { return true }
        return position.seconds - saved.at >= checkpointMinutes * 60
    }

    /// Seconds to keep for what follows the last step: an evaluation and a checkpoint.
    var reserve: Double { evaluated.took + saved.took }

    mutating func noteEvaluation(from start: Double, to end: Double) {
        evaluated = (end, end - start)
        wasEvaluated = true
    }

    mutating func noteCheckpoint(from start: Double, to end: Double) { saved = (end, end - start) }

    /// What an evaluation of `pairs` pairs will take, guessed from the latest steps until the first was made: about a
    /// third of the time of training on them, for nothing is differentiated.
    mutating func guess(pairs: Int, batchSize: Int, secondsPerStep: Double) {
        guard !wasEvaluated else { return }
        evaluated.took = 0.35 * secondsPerStep * Double(pairs) / Double(batchSize)
    }
}
