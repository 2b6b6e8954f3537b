public import Autodiff

/// What pulls embeddings into shape: from a batch of them, a loss in nats. It knows no files, clocks or options.
public protocol Objective: Sendable {
    /// The word that `--objective` takes.
    static var name: String { get }
    /// An objective with its default settings.
    init()
    /// What a batch must hold.
    var needs: BatchNeeds { get }
    /// Declares parameters of its own, behind those of the towers.
    mutating func declareParameters(in store: inout ParameterStore)
    /// The loss as a scalar on the tape.
    func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor
    /// The loss, in nats, of embeddings that tell nothing.
    func chanceLoss(_ batch: EmbeddedBatch) -> Float
}

extension Objective {
    /// Most objectives have no parameters of their own.
    public mutating func declareParameters(in store: inout ParameterStore) {}
}

/// What a batch must hold for an objective; a run prepares the union over its objectives.
public struct BatchNeeds: OptionSet, Sendable {
    /// The needs as bits.
    public let rawValue: Int
    /// Needs from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// One view of each picture.
    public static let pictures = BatchNeeds(rawValue: 1)
    /// One caption of each picture.
    public static let captions = BatchNeeds(rawValue: 2)
    /// A vector of each picture that another model made.
    public static let teacher = BatchNeeds(rawValue: 4)
}

/// A batch after the towers: unit embeddings, row by row, and who is who.
public struct EmbeddedBatch: Sendable {
    /// `[batch, embedDim]`, unit rows.
    public var pictures: Tensor
    /// `[batch, embedDim]`, unit rows; row i belongs to picture i.
    public var captions: Tensor
    /// `[batch, embedDim]`, unit rows: what another model made of the pictures.
    public var teacher: Tensor?
    /// `[]`: the logarithm of the learned multiplier of the cosines.
    public var logLogitScale: Tensor
    /// Equal numbers are the same picture.
    public var pictureIDs: [Int]
    /// Equal numbers are the same caption.
    public var captionIDs: [Int]

    /// A batch of pairs.
    public init(
        pictures: Tensor, captions: Tensor, teacher: Tensor? = nil, logLogitScale: Tensor, pictureIDs: [Int],
        captionIDs: [Int]
    ) {
        self.teacher = teacher
        (self.pictures, self.captions, self.logLogitScale) = (pictures, captions, logLogitScale)
        (self.pictureIDs, self.captionIDs) = (pictureIDs, captionIDs)
    }

    /// `[batch · batch]`: true for a pair that shares a picture or a caption with its row's true pair, and so is no
    /// negative; empty where there is none.
    var duplicates: [Bool] {
        let n = pictureIDs.count
        guard Set(pictureIDs).count < n || Set(captionIDs).count < n else { return [] }
        return (0..<n * n).map { at in
            let (i, j) = (at / n, at % n)
            return i != j && (pictureIDs[i] == pictureIDs[j] || captionIDs[i] == captionIDs[j])
        }
    }
}

/// Every objective that `--objective` can name.
public let objectives: [any Objective.Type] = [SoftmaxContrastive.self, TeacherDistillation.self]
