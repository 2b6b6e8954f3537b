import Augmentations
import Datasets
import Failures
import Foundation
import Storage
import Tokenizers
import Towers

/// What a run stands on: data, settings with nothing left open, tokenizer and model settings.
struct Preparation {
    let dataset: Dataset
    let heldOut: HeldOut?
    let settings: TrainingSettings
    let directory: RunDirectory
    let tokenizer: any Tokenizer
    let model: ModelDescription
    let preprocessing: Preprocessing
    let truncated: TruncatedShare
    let teaching: Teaching?
    let threads, workers: Int

    /// A new run: no folder is made before the data is known to be usable.
    static func begin(_ options: TrainingOptions, threads: Int, workers: Int) throws(Failure) -> Preparation {
        var configuration = try ModelConfiguration(named: options.chosenModel)
        let towers = try options.towerSettings(), trained = try TrainedParts(towers)
        let data = DataSettings(options), dataset = try data.open(workers: workers)
        guard dataset.training.count >= 2 else {
            throw Failure(
                .badData, "cannot train", at: data.path, because: "found 1 usable pair, expected at least 2",
                try: "add pictures with captions")
        }
        let validation = try data.openValidation(beside: dataset, workers: workers)
        let captions = try dataset.captions(of: dataset.training)
        let settings = options.settings(
            pairs: dataset.training.count, captionsSurviveMirroring: survivesMirroring(captions), towers: towers,
            resizeMode: trained.preprocessing?.resizeMode ?? .shortest)
        let tokenizer: any Tokenizer =
            trained.tokenizer
            ?? BytePairTokenizer.trained(
                on: captions, vocabSize: settings.vocabSize ?? configuration.text.vocabSize)
        let teaching = try Teaching(settings, dataset)
        try settings.adapt(&configuration, vocabSize: tokenizer.vocabSize, teacher: teaching?.vectors)
        try configuration.check(named: settings.model)
        let described = try settings.describe(configuration, tokenizer), model = trained.model ?? described
        guard tokenizer.vocabSize <= model.plan.vocabSize else {
            throw Failure(
                .badSettings, "cannot use tokenizer",
                at: towers?.pretrained ?? towers?.choices?.textTower ?? settings.model,
                because: "it has \(tokenizer.vocabSize) tokens, the weights \(model.plan.vocabSize)",
                try: "give a folder whose files belong together")
        }
        try settings.resolutionSchedule?.check(with: model.plan)
        if let teacher = teaching?.vectors, teacher.width != model.plan.embedDim {
            throw Failure(
                .badSettings, "cannot learn from teacher", at: settings.teacher ?? "",
                because: "its vectors have \(teacher.width) numbers, the model's \(model.plan.embedDim)",
                try: "start from towers or a preset, whose embeddings take the teacher's length")
        }
        let directory = try RunDirectory.make(options.output ?? RunDirectory.defaultPath(for: data.path))
        return Preparation(
            dataset, validation, settings, directory, tokenizer, model,
            settings.preprocessing(side: model.plan.imageSize, of: trained.preprocessing), teaching, captions: captions,
            threads: threads, workers: workers)
    }

    /// A run that goes on, with the settings that it began with.
    static func resume(_ options: TrainingOptions, threads: Int, workers: Int) throws(Failure) -> Preparation {
        let path = options.resume ?? "", directory = try RunDirectory.open(path)
        let record = try RunRecord(directory.record), settings = record.settings
        try options.agree(with: settings, of: path)
        let dataset = try settings.data.open(workers: workers)
        guard dataset.fingerprint.description == record.data.fingerprint else {
            throw Failure(
                .badSettings, "cannot resume", at: path, because: "the data in \(settings.data.path) has changed",
                try: "put the old data back, or start a new run")
        }
        let model = try ModelSettings(folder: path), teaching = try Teaching(settings, dataset)
        guard teaching?.vectors.fingerprint == record.data.teacher else {
            throw Failure(
                .badSettings, "cannot resume", at: path,
                because: "the vectors in \(settings.teacher ?? "") have changed",
                try: "put the old ones back, or start a new run")
        }
        return Preparation(
            dataset, try settings.data.openValidation(beside: dataset, workers: workers), settings, directory,
            try readTokenizer(folder: path), model.model, model.preprocessing, teaching,
            captions: try dataset.captions(of: dataset.training), threads: threads, workers: workers)
    }

    private init(
        _ dataset: Dataset, _ validation: (Dataset, [Int]), _ settings: TrainingSettings, _ directory: RunDirectory,
        _ tokenizer: any Tokenizer, _ model: ModelDescription, _ preprocessing: Preprocessing,
        _ teaching: Teaching?, captions: [String], threads: Int, workers: Int
    ) {
        self.dataset = dataset
        self.settings = settings
        self.directory = directory
        self.tokenizer = tokenizer
        self.model = model
        self.preprocessing = preprocessing
        self.teaching = teaching
        truncated = tokenizer.truncatedShare(of: captions, contextLength: model.plan.contextLength)
        heldOut =
            validation.1.count < 2
            ? nil
            : HeldOut(
                dataset: validation.0, indices: validation.1, tokenizer: tokenizer,
                recipe: .evaluation(preprocessing), workers: workers)
        self.threads = threads
        self.workers = workers
    }

    /// The samples to learn from.
    var training: [Int] { teaching?.training ?? dataset.training }

    /// The captions as their tower reads them, each once.
    func distinctTokens(of captions: [String]) -> [[Int32]] {
        var seen: Set<[Int32]> = []
        return captions.map { tokenizer.encode($0, contextLength: model.plan.contextLength).ids }
            .filter { seen.insert($0).inserted }
    }

    /// What was understood of the data, line by line.
    var understood: [String] {
        var lines = dataset.understood
        if let path = settings.data.validationPath, let heldOut {
            lines.append("evaluating on \(heldOut.indices.count) pictures of \(path)")
        }
        if heldOut == nil { lines.append("nothing is kept apart, so nothing can be evaluated") }
        if let teaching {
            lines.append(
                "vectors of \(teaching.training.count) pictures to learn from, \(teaching.vectors.width) numbers each")
        }
        lines.append("\(truncated) at \(model.plan.contextLength) tokens")
        if settings.augmentation != .none && !settings.isMirrored {
            lines.append("pictures are not mirrored, because the captions tell left from right")
        }
        return lines
    }

    /// What makes the batches. `features` take the place of what a locked tower would see.
    func batchMaker(_ features: BatchFeatures = BatchFeatures()) -> BatchMaker {
        BatchMaker(
            dataset: dataset, indices: training, tokenizer: tokenizer,
            contextLength: model.plan.contextLength, recipe: settings.recipe(preprocessing),
            side: preprocessing.side, batchSize: settings.batchSize, seed: settings.seed, features: features,
            teacher: teaching?.vectors)
    }

    /// What `run.json` keeps.
    var record: RunRecord {
        RunRecord(
            settings,
            data: RunRecord.Data(
                fingerprint: dataset.fingerprint.description, pairs: training.count,
                validationPairs: heldOut?.indices.count ?? 0, teacher: teaching?.vectors.fingerprint),
            threads: threads, workers: workers)
    }
}
