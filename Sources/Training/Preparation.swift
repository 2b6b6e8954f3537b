import Augmentations
import Datasets
import Failures
import Foundation
import Objectives
import Storage
import Tokenizers
import Towers

/// What a run stands on: data, settings with nothing left open, tokenizer and model settings.
struct Preparation {
    let data: RunData
    let heldOut: (any HeldOut)?
    /// Tables of texts that are evaluated on beside that.
    let heldOutFiles: [HeldOutFile]
    /// Pictures or documents that are kept apart.
    let validationCount: Int
    let settings: TrainingSettings
    let directory: RunDirectory
    let tokenizer: any Tokenizer
    let model: ModelDescription
    let preprocessing: Preprocessing
    let truncated: TruncatedShare
    let teaching: Teaching?
    /// Pictures without captions beside the pairs.
    let pictures: Dataset?
    let threads, workers: Int
    /// The most bytes of decoded pictures that are kept in a file of the run; in memory where nil. It changes no result.
    var pixelBytes: Int?

    /// A new run: no folder is made before the data is known to be usable, or at all where only a look is taken.
    static func begin(
        _ options: TrainingOptions, threads: Int, workers: Int, makesFolder: Bool = true
    ) throws(Failure) -> Preparation {
        var configuration = try ModelConfiguration(named: options.chosenModel)
        var options = options
        let starts = try options.begin(), towers = try options.towerSettings()
        let trained = try TrainedParts(towers, starts)
        let source = DataSettings(options)
        try source.checkValidation(options)
        let data = try source.open(options.material, workers: workers)
        guard data.training.count >= 2 else {
            throw Failure(
                .badData, "cannot train", at: source.path, because: "found 1 usable item, expected at least 2",
                try: "add \(options.material.words)")
        }
        let texts = try data.texts()
        let settings = options.settings(
            pairs: data.training.count,
            captionsSurviveMirroring: options.material != .pairs || survivesMirroring(texts),
            towers: towers, resizeMode: trained.preprocessing?.resizeMode ?? .shortest)
        try settings.checkObjectives()
        let tokenizer =
            if let tokenizer = trained.tokenizer { tokenizer } else { try settings.tokenizer(of: texts, configuration) }
        let teaching = try Teaching(settings, data), pictures = try settings.data.openPictures(workers: workers)
        settings.adapt(&configuration, vocabSize: tokenizer.vocabSize, teacher: teaching?.vectors)
        try configuration.check(named: settings.model)
        let model = if let model = trained.model { model } else { try settings.describe(configuration, tokenizer) }
        guard tokenizer.vocabSize <= model.plan.vocabSize else {
            throw Failure(
                .badSettings, "cannot use tokenizer",
                at: towers?.pretrained ?? towers?.choices?.textTower ?? settings.model,
                because: "it has \(tokenizer.vocabSize) tokens, the weights \(model.plan.vocabSize)",
                try: "give a folder whose files belong together")
        }
        try settings.resolutionSchedule?.check(with: model.plan)
        try settings.matryoshka?.check(with: model.plan, settings.material)
        if let teacher = teaching?.vectors, teacher.width != model.plan.embedDim {
            throw Failure(
                .badSettings, "cannot learn from teacher", at: settings.teacher ?? "",
                because: "its vectors have \(teacher.width) numbers, the model's \(model.plan.embedDim)",
                try: "start from towers or a preset, whose embeddings take the teacher's length")
        }
        let directory = RunDirectory(path: options.output ?? RunDirectory.defaultPath(for: source.path))
        let preparation = try Preparation(
            data, settings, directory, tokenizer, model,
            settings.preprocessing(side: model.plan.imageSize, of: trained.preprocessing), teaching, pictures,
            texts: texts, threads: threads, workers: workers)
        _ = try preparation.batchMaker()  // what the data cannot feed is told before a folder is made
        if makesFolder { try RunDirectory.make(directory.path) }
        return preparation
    }

    /// A run that goes on, with the settings that it began with.
    static func resume(_ options: TrainingOptions, threads: Int, workers: Int) throws(Failure) -> Preparation {
        let path = options.resume ?? "", directory = try RunDirectory.open(path)
        let record = try RunRecord(directory.record), settings = record.settings
        try options.agree(with: settings, of: path)
        let data = try settings.data.open(settings.material, workers: workers)
        guard data.fingerprint.description == record.data.fingerprint else {
            throw Failure(
                .badSettings, "cannot resume", at: path, because: "the data in \(settings.data.path) has changed",
                try: "put the old data back, or start a new run")
        }
        let texts = try data.texts(), tokenizer: any Tokenizer, model: ModelDescription, preprocessing: Preprocessing
        if settings.material == .pairs {
            let found = try ModelSettings(folder: path)
            tokenizer = try readTokenizer(folder: path)
            (model, preprocessing) = (found.model, found.preprocessing)
        } else {
            var configuration = try ModelConfiguration(named: settings.model)
            tokenizer =
                if settings.material == .texts { try readTokenizer(folder: path) } else {
                    try settings.tokenizer(of: texts, configuration)
                }
            settings.adapt(&configuration, vocabSize: tokenizer.vocabSize, teacher: nil)
            model = try settings.describe(configuration, tokenizer)
            preprocessing = settings.preprocessing(side: model.plan.imageSize)
        }
        let teaching = try Teaching(settings, data)
        guard teaching?.vectors.fingerprint == record.data.teacher else {
            throw Failure(
                .badSettings, "cannot resume", at: path,
                because: "the vectors in \(settings.teacher ?? "") have changed",
                try: "put the old ones back, or start a new run")
        }
        let pictures = try settings.data.openPictures(workers: workers)
        guard pictures?.fingerprint.description == record.data.pictures else {
            throw Failure(
                .badSettings, "cannot resume", at: path,
                because: "the pictures in \(settings.data.picturesPath ?? "") have changed",
                try: "put the old ones back, or start a new run")
        }
        return try Preparation(
            data, settings, directory, tokenizer, model, preprocessing, teaching, pictures, texts: texts,
            threads: threads, workers: workers)
    }

    private init(
        _ data: RunData, _ settings: TrainingSettings, _ directory: RunDirectory, _ tokenizer: any Tokenizer,
        _ model: ModelDescription, _ preprocessing: Preprocessing, _ teaching: Teaching?, _ pictures: Dataset?,
        texts: [String], threads: Int, workers: Int
    ) throws(Failure) {
        self.data = data
        self.settings = settings
        self.directory = directory
        self.tokenizer = tokenizer
        self.model = model
        self.preprocessing = preprocessing
        self.teaching = teaching
        self.pictures = pictures
        truncated = tokenizer.truncatedShare(of: texts, contextLength: model.plan.contextLength)
        self.threads = threads
        self.workers = workers
        let held: (count: Int, items: any HeldOut)
        switch data {
        case .pictures(let dataset):
            let isAlone = settings.material == .pictures
            let (kept, indices) = try settings.data.openValidation(beside: dataset, alone: isAlone, workers: workers)
            let recipe = [any Augmentation].evaluation(preprocessing)
            held =
                if isAlone {
                    (
                        indices.count,
                        try HeldOutPictures(
                            kept, indices, known: dataset, recipe: recipe,
                            viewRecipe: settings.viewRecipes(preprocessing).first ?? recipe, seed: settings.seed,
                            workers: workers)
                    )
                } else {
                    (
                        indices.count,
                        HeldOutPairs(
                            dataset: kept, indices: indices, tokenizer: tokenizer, recipe: recipe, workers: workers)
                    )
                }
        case .texts(let corpus):
            let (kept, documents) = try settings.data.openValidation(beside: corpus, workers: workers)
            let texts = HeldOutTexts(kept, documents, known: corpus, tokenizer: tokenizer, seed: settings.seed)
            held = (documents.count, texts)
        }
        heldOutFiles = try HeldOutFile.open(settings.data.validationTexts ?? [], seed: settings.seed)
        (validationCount, heldOut) = (held.count, held.count < 2 ? nil : held.items)
    }

    /// The items to learn from.
    var training: [Int] { teaching?.training ?? data.training }

    /// The pictures of a run that has some.
    var dataset: Dataset {
        guard let dataset = data.dataset else { preconditionFailure("a run on texts has no pictures") }
        return dataset
    }

    /// The captions as their tower reads them, each once.
    func distinctTokens(of captions: [String]) -> [[Int32]] {
        var seen: Set<[Int32]> = []
        return captions.map { tokenizer.encode($0, contextLength: model.plan.contextLength).ids }
            .filter { seen.insert($0).inserted }
    }

    /// What was understood of the data, line by line.
    var understood: [String] {
        var lines = data.understood
        if let path = settings.data.validationPath, heldOut != nil {
            lines.append("evaluating on \(validationCount) \(settings.material.items) of \(path)")
        }
        lines += heldOutFiles.map(\.understood)
        if heldOut == nil && heldOutFiles.isEmpty { lines.append("nothing is kept apart, so nothing can be evaluated") }
        if let pictures, let path = settings.data.picturesPath {
            lines.append("\(pictures.training.count) pictures without captions beside, of \(path)")
        }
        if let teaching {
            lines.append(
                "vectors of \(teaching.training.count) pictures to learn from, \(teaching.vectors.width) numbers each")
        }
        if settings.material != .pictures { lines.append("\(truncated) at \(model.plan.contextLength) tokens") }
        if settings.material == .pairs && settings.augmentation != .none && !settings.isMirrored {
            lines.append("pictures are not mirrored, because the captions tell left from right")
        }
        return lines
    }

    /// What makes the batches. `features` take the place of what a locked tower would see; `pixelFile` is where decoded
    /// pictures are kept.
    ///
    /// - Throws: `.badData` where texts lack what an objective needs; `.cannotWrite` where that file cannot be made.
    func batchMaker(
        _ features: BatchFeatures = BatchFeatures(), pixelFile: PixelFile? = nil
    ) throws(Failure) -> any BatchMaking {
        let texts = TextNeeds(settings.needs), contextLength = model.plan.contextLength
        let hiding = texts.hiding(tokenizer, mask: Int32(model.plan.vocabSize - 1), seed: settings.seed)
        switch data {
        case .pictures(let dataset):
            let views = settings.viewRecipes(preprocessing)
            let pairs = try BatchMaker(
                dataset: dataset, indices: training, tokenizer: tokenizer, contextLength: contextLength,
                recipe: settings.material == .pictures ? nil : settings.recipe(preprocessing),
                viewRecipes: pictures == nil ? views : [], hiding: hiding, side: preprocessing.side,
                batchSize: settings.batchSize, seed: settings.seed, features: features, teacher: teaching?.vectors,
                pixelFile: pixelFile)
            guard let pictures else { return pairs }
            let beside = try BatchMaker(
                dataset: pictures, indices: pictures.training, tokenizer: tokenizer, contextLength: contextLength,
                recipe: nil, viewRecipes: views, side: preprocessing.side, batchSize: settings.batchSize,
                seed: settings.seed)
            return JoinedBatchMaker(pairs: pairs, pictures: beside)
        case .texts(let corpus):
            return try TextBatchMaker(
                corpus, wishes: texts.wishes, hiding: hiding, for: texts.hider, tokenizer: tokenizer,
                contextLength: contextLength, batchSize: settings.batchSize, seed: settings.seed)
        }
    }

    /// What `run.json` keeps.
    var record: RunRecord {
        RunRecord(
            settings,
            data: RunRecord.Data(
                fingerprint: data.fingerprint.description, pairs: training.count,
                validationPairs: validationCount, teacher: teaching?.vectors.fingerprint,
                pictures: pictures?.fingerprint.description),
            threads: threads, workers: workers)
    }
}
