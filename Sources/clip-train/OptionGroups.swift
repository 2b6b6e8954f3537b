import ArgumentParser
import Augmentations
import Failures
import Towers
import Training

/// Where the pairs come from, and which of them are kept for evaluation.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Data to evaluate on, in place of a part of DATA; may be repeated.",
            discussion: """
                A table of two texts and a score (STS) or, beside pictures, of two texts that belong together is evaluated \
                on by the text tower, beside what else is held out.
                """))
    var valData: [String] = []
    @Option(help: "Pictures without captions, which objectives on pictures alone learn from beside the pairs of DATA.")
    var pictures: String?
    @Option(help: "Share of DATA kept for evaluation where it has no validation part of its own. (default: 0.1)")
    var valSplit: Double?
    @Option(help: "Character between the fields of a table of captions. (default: guessed)") var csvSeparator: String?
    @Option(help: "Column with the picture's path. (default: guessed)") var csvImgKey: String?
    @Option(help: "Column with the caption. (default: guessed)") var csvCaptionKey: String?

    func fill(_ options: inout TrainingOptions) {
        options.validationData = valData
        options.pictures = pictures
        options.validationSplit = valSplit
        options.csvSeparator = csvSeparator
        options.csvImageKey = csvImgKey
        options.csvCaptionKey = csvCaptionKey
    }
}

/// What is learnt from the data.
struct ObjectiveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What is learnt, as NAME or NAME=WEIGHT; may be repeated. (default: clip)",
            discussion: """
                Pictures with captions: clip, siglip, slip. Pictures alone: simclr, moco, moco-v2, mae, simmim. Texts, \
                captions among them: mlm, span, simcse, tsdae. Documents: adjacent, same-document, nsp, cpc. Rows of two \
                texts: paraphrase. Several share a step: --objective clip --objective simclr=0.5 --objective mlm=0.2.
                """, valueName: "name"))
    var objective: [String] = []
    @Option(
        help: "How texts that are no language are read: symbols between blanks, or characters. (default: as language)")
    var tokenizer: SymbolChoice?
    @Flag(help: "Leave the true pair out of the sums of the contrastive loss of clip (DCL).") var decoupled = false
    @Option(
        help: ArgumentHelp(
            "Lengths at which the first numbers of an embedding are one as well, as 32,64 (Matryoshka).",
            discussion: "clip-index transforms --transform prefix:32 then shortens embeddings at little cost.",
            valueName: "lengths"))
    var matryoshka: PrefixLengths?

    func fill(_ options: inout TrainingOptions) throws(Failure) {
        var choices: [ObjectiveChoice] = []
        for word in objective { choices += try ObjectiveChoice.choices(word) }
        options.objectives = choices.isEmpty ? nil : choices
        options.isDecoupled = decoupled ? true : nil
        options.symbols = tokenizer?.symbols
        options.matryoshka = matryoshka
    }
}

/// The towers, and how pictures and captions enter them.
struct ModelOptions: ParsableArguments {
    @Option(help: "A preset, or the path of a model's JSON file. (default: vit-nano-8-64)") var model: String?
    @Option(help: "Longest caption, in tokens. (default: the model's)") var contextLength: Int?
    @Option(help: "Most tokens to learn from the captions. (default: the model's)") var vocabSize: Int?
    @Option(help: "How the picture tower makes one row of many. (default: the model's)") var imagePooling: ImagePooling?
    @Option(help: "How a picture becomes square: shortest, longest, squash. (default: shortest)") var imageResizeMode:
        Resize.Mode?
    @Option(help: "Vectors that another model made of the pictures, to learn from: x.npy, with their paths in x.txt.")
    var teacher: String?
    @Option(help: "What happens to a picture each time that it is seen. (default: crop)")
    var augment: AugmentationChoice?

    func fill(_ options: inout TrainingOptions) {
        options.model = model
        options.contextLength = contextLength
        options.vocabSize = vocabSize
        options.imagePooling = imagePooling
        options.imageResizeMode = imageResizeMode
        options.teacher = teacher
        options.augmentation = augment
    }
}

/// Towers that come trained, and what is learnt behind them.
struct TowerOptions: ParsableArguments {
    @Option(
        name: .customLong("init"),
        help: "Run directory whose towers to start from, of both kinds or one; may be repeated.")
    var initial: [String] = []
    @Option(help: "Folder of a whole model to go on from: a run, or a CLIP as transformers or open_clip write it.")
    var pretrained: String?
    @Option(help: "Folder of a picture tower: DINOv2, ViT, CLIP or SigLIP as transformers writes them.")
    var imageTower: String?
    @Option(help: "Folder of a text tower: BERT, CLIP or SigLIP as transformers and sentence-transformers write them.")
    var textTower: String?
    @Option(help: "Side of the square picture that the picture tower sees, in pixels. (default: the tower's)")
    var imageSize: Int?
    @Option(help: "Block of the picture tower after which to stop. (default: the last)") var imageLayer: Int?
    @Option(help: "How the text tower makes one row of many; all but last see both directions. (default: the tower's)")
    var textPooling: TextPooling?
    @Flag(
        inversion: .prefixedNo, help: "Leave the picture tower's weights as they are. (default: those of --image-tower)"
    )
    var lockImage: Bool?
    @Flag(inversion: .prefixedNo, help: "Leave the text tower's weights as they are. (default: those of --text-tower)")
    var lockText: Bool?
    @Option(help: "Blocks of each tower that go on learning, from its end. (default: none, all of --pretrained)")
    var unlockGroups: Int?
    @Option(help: "Learn updates of this rank in place of the towers' weights (LoRA).") var lora: Int?
    @Option(help: "Top of the learning rate of a tower's last block. (default: 0.00001; 0.0001 with --lora)")
    var towerLr: Float?
    @Option(help: "What that is multiplied by from each block to the one before. (default: 0.8)") var layerDecay: Float?
    @Option(help: "Views of each picture that a locked tower sees: one as it is, the others augmented. (default: 1)")
    var featureViews: Int?
    @Option(help: "What is learnt behind the towers. (default: mlp)") var projection: ProjectionChoice?
    @Option(help: "Length of the embeddings. (default: 256)") var projectionDim: Int?
    @Option(help: "Width of the hidden layer of an mlp. (default: 1536)") var projectionHidden: Int?
    @Option(help: "Share of the hidden layer that is dropped out in training. (default: 0.2)")
    var projectionDropout: Float?

    func fill(_ options: inout TrainingOptions) {
        options.initial = initial
        options.pretrained = pretrained
        options.unlockGroups = unlockGroups
        options.loraRank = lora
        options.towerLearningRate = towerLr
        options.layerDecay = layerDecay
        options.imageTower = imageTower
        options.textTower = textTower
        options.imageSize = imageSize
        options.imageLayer = imageLayer
        options.textPooling = textPooling
        options.locksImage = lockImage
        options.locksText = lockText
        options.featureViews = featureViews
        options.projection = projection
        options.projectionDim = projectionDim
        options.projectionHidden = projectionHidden
        options.projectionDropout = projectionDropout
    }
}

/// How the weights move and for how long.
struct RecipeOptions: ParsableArguments {
    @Option(help: "Wall-clock minutes of the whole run. (default: one for each thousand pairs, 3 to 60)")
    var minutes: Double?
    @Option(help: "Passes over the data. (default: 100, if the time allows; 40 where both towers are locked)")
    var epochs: Int?
    @Option(help: "Updates of the weights.") var steps: Int?
    @Option(
        help: ArgumentHelp(
            "Share of a picture's patches that a step leaves out, 0 to 0.95 (FLIP).",
            discussion: "The last tenth of a run sees all patches, and takes the memory and the time for them."))
    var patchDropout: Float?
    @Option(
        help: ArgumentHelp(
            "Smaller pictures at first, as SIDE:SHARE: 48:0.8 trains at 48 pixels until four fifths of the run are over.",
            discussion: "Several with commas between them ascend: 32:0.4,48:0.8. The end of a run sees whole pictures.",
            valueName: "side:share"))
    var resolutionSchedule: ResolutionSchedule?
    @Option(help: "Items a step. (default: 128; 512 for locked towers or where texts are compared; less for few items)")
    var batchSize: Int?
    @Option(
        help: "Pairs of a batch that are computed at once, in less memory and more time (GradCache). (default: all)")
    var microBatch: Int?
    @Option(help: "What moves the weights. (default: muon; adamw where towers come trained)") var opt: OptimizerChoice?
    @Option(
        help:
            "Top of the learning rate. (default: 0.001; 0.0005 where both towers are locked, 0.0001 with --pretrained)")
    var lr: Float?
    @Option(help: "Weight decay. (default: 0.2; 0.1 where both towers are locked)") var wd: Float?
    @Option(help: "Steps until the learning rate reaches its top. (default: a twentieth of the run)") var warmup: Int?
    @Option(help: "Keep a moving average of the weights with this decay, and evaluate and store it.") var ema: Float?
    @Option(help: "Seed of everything that is drawn by lot. (default: 0)") var seed: UInt64?

    func fill(_ options: inout TrainingOptions) {
        options.minutes = minutes
        options.epochs = epochs
        options.steps = steps
        options.patchDropout = patchDropout
        options.resolutionSchedule = resolutionSchedule
        options.batchSize = batchSize
        options.microBatch = microBatch
        options.optimizer = opt
        options.learningRate = lr
        options.weightDecay = wd
        options.warmup = warmup
        options.emaDecay = ema
        options.seed = seed
    }
}

/// Where the run lies, how often it is saved and evaluated, and what it may use.
struct RunOptions: ParsableArguments {
    @Option(help: "Run directory to make. (default: runs/DATA-TIME)") var output: String?
    @Option(help: "Run directory to go on with.") var resume: String?
    @Option(help: "Epochs between evaluations. (default: 1, fewer where they would cost much time)")
    var valFrequency: Int?
    @Option(help: "Minutes between checkpoints. (default: 2)") var checkpointMinutes: Double?
    @Option(help: "Steps between checkpoints.") var checkpointSteps: Int?
    @Option(help: "Threads that compute. (default: one for each processor)") var threads: Int?
    @Option(help: "Threads that read pictures. (default: one for each processor)") var workers: Int?
    @Option(
        help: ArgumentHelp(
            "Gigabytes of decoded pictures to keep in a file of the run, for its next epochs. (default: 0.5, in memory)",
            discussion: "They change no result. --resume finds them again; they are removed when the run is done."))
    var cachePixels: Double?
    @Option(
        help: ArgumentHelp(
            "Show that many pictures beside what the model sees of them, as one PNG, and do not train.",
            discussion: "Written to --output, or augmentations.png; no run directory is made."))
    var previewAugmentations: Int?
    @Flag(help: "Print one JSON object a line on stdout for each step, evaluation and checkpoint.") var json = false

    func fill(_ options: inout TrainingOptions) {
        options.output = output
        options.resume = resume
        options.validationFrequency = valFrequency
        options.checkpointMinutes = checkpointMinutes
        options.checkpointSteps = checkpointSteps
        options.threads = threads
        options.workers = workers
        options.cachePixels = cachePixels
        options.previewedPictures = previewAugmentations
    }
}
