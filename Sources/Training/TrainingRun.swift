import Augmentations
import Catalogue
import Datasets
import Evaluation
package import Failures
import Foundation
import Kernels
import Storage
import Tokenizers
import Towers

/// Trains as `options` say, and tells what happens.
///
/// - Throws: `.interrupted` after the checkpoint that follows `isInterrupted`; `.badSettings` where a step gives no
///   number; anything that reading the data or writing the run can throw.
package func train(
    _ options: TrainingOptions, isInterrupted: () -> Bool, tell: (TrainingEvent) throws(Failure) -> Void
) throws(Failure) {
    try options.check()
    if let threads = options.threads { setThreadCount(threads) }
    let start = RunClock(before: 0), workers = options.workers ?? threadCount
    var preparation =
        if options.resume == nil {
            try Preparation.begin(options, threads: threadCount, workers: workers)
        } else { try Preparation.resume(options, threads: threadCount, workers: workers) }
    preparation.pixelBytes = options.cachePixels.map { Int($0 * 1e9) }
    var run = try TrainingRun(preparation, isNew: options.resume == nil, spent: start.seconds)
    try run.go(isInterrupted: isInterrupted, tell: tell)
}

/// A run under way: the trainer, where it stands, and the files that it writes.
struct TrainingRun: ~Copyable {
    let preparation: Preparation
    let settings: TrainingSettings
    let directory: RunDirectory
    let budget: Budget
    let batches: (size: Int, perEpoch: Int)
    var towers: LockedTowers
    var heldOut: (any HeldOut)?
    var trainer: Trainer
    var position: Position
    var clock: RunClock
    var habits: Habits
    var detector: TroubleDetector
    var log: JSONLog
    var skipped: SkippedLog
    var evaluatedStep: Int?

    /// A new run, or one that goes on where its last checkpoint was. `spent` seconds of this session are over.
    init(_ preparation: Preparation, isNew: Bool, spent: Double) throws(Failure) {
        let settings = preparation.settings, directory = preparation.directory
        var trainer = Trainer(preparation.model.plan, settings, preparation.preprocessing)
        let towers =
            isNew ? try preparation.writeFirstFiles(of: &trainer) : try LockedTowers(preparation, isNew: false)
        let saved = try directory.checkpoint.position()
        if let saved { try directory.checkpoint.read(into: &trainer, at: saved) }
        let log = try JSONLog(directory.log, keeping: saved?.logBytes ?? 0)
        let skipped = try SkippedLog(directory.skipped), maker = try preparation.batchMaker()
        self.preparation = preparation
        self.settings = settings
        self.directory = directory
        self.towers = towers
        self.trainer = trainer
        self.log = log
        self.skipped = skipped
        position = saved ?? Position()
        clock = RunClock(before: position.seconds + spent)
        habits = Habits(settings, now: clock.seconds)
        detector = TroubleDetector(gradientNormLimit: settings.gradientNormLimit)
        batches = (maker.batchSize, maker.batchesPerEpoch)
        budget = settings.budget(stepsPerEpoch: maker.batchesPerEpoch)
        heldOut = preparation.heldOut
    }

    /// Steps until the budget is used, with evaluations and checkpoints in between.
    mutating func go(
        isInterrupted: () -> Bool, tell: (TrainingEvent) throws(Failure) -> Void
    ) throws(Failure) {
        try skipped.append(
            preparation.data.skipped + preparation.heldOutFiles.flatMap(\.skipped)
                + (preparation.teaching?.skipped ?? []))
        try report(.start(startReport), tell)
        let pixelFile = preparation.pixelBytes.map { PixelFile(path: directory.pixels, limit: $0) }
        let maker = try preparation.batchMaker(try gatherFeatures(isInterrupted, tell), pixelFile: pixelFile)
        let loader = BatchLoader(
            maker, from: BatchPosition(epoch: position.epoch, index: position.batch), workers: preparation.workers)
        while !isOver {
            let step = try step(loader)
            try report(.step(step), tell)
            let isWarm = settings.schedule.isWarm(step: step.step, progress: step.progress)
            if let message = detector.observe(step, isWarm: isWarm) {
                try report(.warning(WarningReport(step: step.step, message: message)), tell)
            }
            if habits.evaluationIsDue(position), !isOver {
                try evaluate(tell)
                try save(tell)
            } else if habits.checkpointIsDue(position) {
                try save(tell)
            }
            if isInterrupted() {
                try save(tell)
                throw interruption
            }
        }
        if position.step != evaluatedStep { try evaluate(tell) }
        try save(tell)
        try? FileManager.default.removeItem(atPath: directory.pixels)  // a run that is done sees no picture again
        try report(.done(doneReport), tell)
    }

    /// Whether another step would end further from the end of the budget than the last one did.
    private var isOver: Bool {
        if let steps = budget.steps, position.step >= steps { return true }
        guard let minutes = budget.minutes else { return false }
        return clock.seconds + clock.secondsPerStep / 2 + habits.reserve >= minutes * 60
    }

    /// Makes what locked towers see, and puts it in the place of pictures and captions.
    private mutating func gatherFeatures(
        _ isInterrupted: () -> Bool, _ tell: (TrainingEvent) throws(Failure) -> Void
    ) throws(Failure) -> BatchFeatures {
        guard !trainer.standardizations.isEmpty else { return BatchFeatures() }
        var towers = LockedTowers()  // takes those of the run, which are not needed afterwards
        swap(&towers, &self.towers)
        let gatherer = FeatureGatherer(preparation: preparation, cache: try FeatureCache(directory.features))
        let gathered = try gatherer.gather(&towers) { (progress) throws(Failure) in
            try report(.features(progress), tell)
            if isInterrupted() { throw interruption }
        }
        try skipped.append(gathered.skipped)
        if var pairs = heldOut as? HeldOutPairs {
            pairs.features = gathered.heldOut
            heldOut = pairs
        }
        try trainer.standardize(by: gathered.training, preparation)
        habits = Habits(settings, now: clock.seconds)
        if position.step == 0, isOver {
            throw Failure(
                .badSettings, "cannot train", at: directory.path,
                because: "all of its \(budget.minutes ?? 0) minutes went into features, which are kept",
                try: "start a new run beside it, with more --minutes")
        }
        return gathered.training
    }

    private mutating func step(_ loader: BatchLoader) throws(Failure) -> StepReport {
        let began = clock.seconds, waited = loader.waitedSeconds, idle = loader.idleSeconds
        if position.step == 0 { position.firstStepSeconds = began }
        let progress = budget.progress(
            step: position.step, seconds: began, from: position.firstStepSeconds, reserve: habits.reserve)
        let learningRate = settings.schedule.learningRate(step: position.step, progress: progress)
        let batch = try loader.next()
        let waitedNow = loader.waitedSeconds - waited
        let figures = try trainer.step(position.step + 1, on: batch, learningRate: learningRate, progress: progress)
        try skipped.append(batch.skipped)
        position.advance(batchesPerEpoch: batches.perEpoch)
        position.progress = progress
        position.learningRate = learningRate
        position.seconds = clock.seconds
        clock.lap(
            seconds: position.seconds - began, waited: waitedNow, idle: loader.idleSeconds - idle, pairs: batch.count)
        habits.guess(
            pairs: preparation.heldOutFiles.reduce(heldOut?.count ?? 0) { $0 + $1.count }, batchSize: batch.count,
            secondsPerStep: clock.secondsPerStep)
        return stepReport(figures, epoch: batch.epoch)
    }

    private mutating func evaluate(_ tell: (TrainingEvent) throws(Failure) -> Void) throws(Failure) {
        evaluatedStep = position.step
        let files = preparation.heldOutFiles, tokenizer = preparation.tokenizer, heldOut = heldOut
        guard heldOut != nil || !files.isEmpty else { return }
        let began = clock.seconds
        let outcome = try trainer.withBestWeights { (trainer) throws(Failure) in
            var outcome = try heldOut?.evaluate(&trainer) ?? HeldOutOutcome(findings: Findings())
            for file in files { outcome.findings.files[file.name] = file.evaluate(&trainer, tokenizer) }
            return outcome
        }
        try skipped.append(outcome.skipped)
        let (score, measure) = outcome.findings.score, isBest = score > position.bestScore ?? -1
        if isBest {
            (position.bestScore, position.bestMeasure) = (score, measure)
            position.bestStep = position.step
            try preparation.writeModel(of: &trainer, to: directory.best)
        }
        habits.noteEvaluation(from: began, to: clock.seconds)
        position.seconds = clock.seconds
        let report = EvaluationReport(
            step: position.step, epoch: position.epoch, seconds: position.seconds, took: habits.evaluated.took,
            findings: outcome.findings, isBest: isBest)
        try self.report(.evaluation(report), tell)
    }

    /// Writes the model and a checkpoint, from which the run can go on to the same weights.
    private mutating func save(_ tell: (TrainingEvent) throws(Failure) -> Void) throws(Failure) {
        let began = clock.seconds
        try preparation.writeModel(of: &trainer, to: directory.path)
        position.seconds = clock.seconds
        position.logBytes = log.count
        try directory.checkpoint.write(trainer, at: position)
        habits.noteCheckpoint(from: began, to: clock.seconds)
        let report = CheckpointReport(
            step: position.step, epoch: position.epoch, seconds: position.seconds, path: directory.checkpoint.folder)
        try self.report(.checkpoint(report), tell)
    }

    private mutating func report(
        _ event: TrainingEvent, _ tell: (TrainingEvent) throws(Failure) -> Void
    ) throws(Failure) {
        try log.append(event)
        try tell(event)
    }

    private var interruption: Failure {
        Failure(
            .interrupted, "stopped training", at: directory.path, because: "interrupted after step \(position.step)",
            try: "go on with --resume \(directory.path)")
    }
}
