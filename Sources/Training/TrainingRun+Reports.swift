import Autodiff
import Datasets
import Storage
import Tokenizers
import Towers

extension TrainingRun {
    var startReport: StartReport {
        let truncated = preparation.truncated
        return StartReport(
            data: settings.data.path, material: settings.material,
            objectives: settings.chosenObjectives.map(\.description), understood: preparation.understood,
            pairs: preparation.training.count, validationPairs: preparation.validationCount,
            truncatedCaptions: Double(truncated.truncated) / Double(max(truncated.captions, 1)),
            model: settings.modelName, parameters: trainer.store.count, lockedParameters: towers.parameterCount,
            towers: preparation.model.plan.sentences(only: settings.material.side), batchSize: batches.size,
            stepsPerEpoch: batches.perEpoch,
            budget: budget,
            threads: preparation.threads, workers: preparation.workers, output: directory.path, step: position.step)
    }

    func stepReport(_ figures: StepFigures, epoch: Int) -> StepReport {
        StepReport(
            step: position.step, epoch: epoch, seconds: position.seconds, loss: figures.found.loss,
            chanceLoss: figures.found.chanceLoss,
            losses: figures.found.losses.count > 1 ? figures.found.losses : nil,
            pairsPerSecond: clock.pairsPerSecond,
            learningRate: position.learningRate,
            logitScale: figures.logitScale, gradientNorm: figures.gradientNorm,
            pictureCosine: figures.found.pictureCosine,
            captionCosine: figures.found.captionCosine, progress: position.progress,
            secondsLeft: budget.secondsLeft(
                step: position.step, seconds: position.seconds, secondsPerStep: clock.secondsPerStep),
            waiting: clock.waiting, decodersWaiting: clock.decodersWaiting)
    }

    var doneReport: DoneReport {
        DoneReport(
            step: position.step, epoch: position.epoch, seconds: clock.seconds, peakBytes: peakResidentBytes(),
            output: directory.path, material: settings.material, skipped: skipped.count, bestScore: position.bestScore,
            bestMeasure: position.bestMeasure, bestStep: position.bestStep)
    }
}
