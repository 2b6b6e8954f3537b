/// How far a run has come: all that a checkpoint knows beside the floats.
struct Position: Codable, Sendable, Equatable {
    /// Updates of the weights so far.
    var step = 0
    /// The batch that comes next: its epoch and its place in it.
    var epoch = 0
    var batch = 0
    /// Wall-clock time of all sessions together.
    var seconds = 0.0
    /// When the first step began, on the same clock.
    var firstStepSeconds = 0.0
    /// Share of the budget used when the last update began, and its learning rate.
    var progress = 0.0
    var learningRate: Float = 0
    /// Bytes of `log.jsonl` that belong to the steps so far.
    var logBytes = 0
    /// The best evaluation so far: what it found (`Findings.score`) and its step.
    var bestScore: Double?
    var bestMeasure: Findings.Measure?
    var bestStep: Int?

    /// Goes on to the next batch.
    mutating func advance(batchesPerEpoch: Int) {
        step += 1
        batch += 1
        guard batch >= batchesPerEpoch else { return }
        batch = 0
        epoch += 1
    }
}
