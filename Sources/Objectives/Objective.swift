public import Autodiff

/// What pulls embeddings into shape: from a batch of them, a loss in nats. It knows no files, clocks or options.
public protocol Objective: Sendable {
    /// The word that `--objective` takes.
    static var name: String { get }
    /// What it learns from, in words that complete "it needs …".
    static var learnsFrom: String { get }
    /// An objective with its default settings.
    init()
    /// What a batch must hold.
    var needs: Set<BatchNeed> { get }
    /// Declares parameters of its own, behind those of the towers.
    mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore)
    /// The loss as a scalar on the tape.
    func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor
    /// The loss, in nats, of embeddings that tell nothing; nil where there is no such number.
    func chanceLoss(_ batch: EmbeddedBatch) -> Float?
    /// The row that stands in the place of hidden patches: `[imageWidth]`; asked where `needs` names masked patches.
    var maskRow: Tensor? { get }
    /// What a slow copy of the picture tower keeps of itself at a step; asked where `needs` names such a copy.
    func slowMomentum(progress: Double) -> Float
    /// Changes parameters that no gradient moves, after the optimizer's step: slow copies, queues. `progress` is the share
    /// of the run that is over.
    func afterStep(_ batch: EmbeddedBatch, progress: Double, on tape: inout Tape)
}

extension Objective {
    /// Most objectives have no parameters of their own.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {}
    /// Most objectives hide no patches.
    public var maskRow: Tensor? { nil }
    /// Most objectives have no slow copy: one that is there stays as it is.
    public func slowMomentum(progress: Double) -> Float { 1 }
    /// Most objectives are moved by the optimizer alone.
    public func afterStep(_ batch: EmbeddedBatch, progress: Double, on tape: inout Tape) {}
}

/// What an objective may know of the run when it declares its parameters.
public struct ObjectiveSetting: Sendable {
    /// Items of a batch.
    public var batchSize: Int
    /// Length of the row that each tower makes of a picture or a text; 0 where the run has no such tower.
    public var imageWidth, textWidth: Int
    /// The number of tokens that exist.
    public var vocabSize: Int
    /// Patches of a picture, and numbers of a patch.
    public var patches, patchWidth: Int
    /// Tokens of the longest text.
    public var contextLength: Int

    /// Widths of a run's towers.
    public init(
        batchSize: Int, imageWidth: Int = 0, textWidth: Int = 0, vocabSize: Int = 0, patches: Int = 0,
        patchWidth: Int = 0, contextLength: Int = 0
    ) {
        (self.batchSize, self.imageWidth, self.textWidth) = (batchSize, imageWidth, textWidth)
        (self.vocabSize, self.patches, self.patchWidth) = (vocabSize, patches, patchWidth)
        self.contextLength = contextLength
    }
}

/// Every objective that `--objective` can name.
public let objectives: [any Objective.Type] = [
    SoftmaxContrastive.self, SigmoidContrastive.self, TeacherDistillation.self, SimCLR.self, MoCo.self, MoCoQueue.self,
    Adjacent.self, SameDocument.self, Paraphrase.self, SimCSE.self, MaskedLanguageModel.self, MaskedSpans.self,
    NextSentence.self, MaskedAutoencoder.self, SimMIM.self, ContrastivePredictiveCoding.self, TSDAE.self,
]
