public import Autodiff
import Kernels
public import Tensors

/// A batch after the towers: for each need of the run's objectives, what the towers made.
public struct EmbeddedBatch: Sendable {
    /// Pictures and captions.
    public var pairs: EmbeddedPairs?
    /// `[batch, embedDim]`, unit rows: what another model made of the pictures of `pairs`.
    public var teacher: Tensor?
    /// `[batch, imageWidth]` each: what the picture tower makes of two views of each picture.
    public var pictureViews: TwoViews?
    /// `[batch, imageWidth]` each: what its slow copy makes of them, without gradient.
    public var slowPictureViews: TwoViews?
    /// What the picture tower makes of the patches that are not hidden, by the share that is.
    public var visiblePatches: [Int: EncodedPatches] = [:]
    /// What it makes of all patches where some stand behind a learnt row, by the share that does.
    public var maskedPatches: [Int: EncodedPatches] = [:]
    /// `[batch, textWidth]` each: what the text tower makes of two texts that belong together.
    public var textPairs: [TextPairing: TwoViews] = [:]
    /// What the text tower makes of hidden tokens.
    public var maskedTokens: [TokenMasking: PredictedTokens] = [:]
    /// What the text tower makes of two sentences in one sequence.
    public var sentencePairs: EmbeddedSentencePairs?
    /// What the text tower makes of the sentences of documents.
    public var passages: EmbeddedPassages?
    /// What the text tower makes of texts of which most words are gone.
    public var deletedTokens: EncodedTexts?

    /// A batch that holds nothing yet.
    public init() {}

    /// A batch of pairs.
    public init(_ pairs: EmbeddedPairs, teacher: Tensor? = nil) { (self.pairs, self.teacher) = (pairs, teacher) }

    /// What an objective asked for and must be there.
    func needed<T>(_ value: T?, _ name: StaticString) -> T {
        guard let value else { preconditionFailure("a batch without \(name), which its objective needs") }
        return value
    }
}

/// Unit embeddings of pictures and captions, row by row, and who is who.
public struct EmbeddedPairs: Sendable {
    /// `[batch, embedDim]`, unit rows.
    public var pictures: Tensor
    /// `[batch, embedDim]`, unit rows; row i belongs to picture i.
    public var captions: Tensor
    /// `[]`: the logarithm of the learned multiplier of the cosines.
    public var logLogitScale: Tensor
    /// Equal numbers are the same picture.
    public var pictureIDs: [Int]
    /// Equal numbers are the same caption.
    public var captionIDs: [Int]

    /// Pairs, row by row.
    public init(pictures: Tensor, captions: Tensor, logLogitScale: Tensor, pictureIDs: [Int], captionIDs: [Int]) {
        (self.pictures, self.captions, self.logLogitScale) = (pictures, captions, logLogitScale)
        (self.pictureIDs, self.captionIDs) = (pictureIDs, captionIDs)
    }

    /// `[batch · batch]`: true for a pair that shares a picture or a caption with its row's true pair, and so is no
    /// negative; empty where there is none.
    var duplicates: [Bool] { Objectives.duplicates(pictureIDs, captionIDs) }
}

/// Rows of two views of the same things: row i of the one belongs to row i of the other.
public struct TwoViews: Sendable {
    /// `[batch, width]` each.
    public var first, second: Tensor
    /// Equal numbers are the same thing.
    public var ids: [Int]
    /// Numbers of the second views; the same as `ids` where each thing has one number.
    public var secondIDs: [Int]

    /// Two views of things.
    public init(first: Tensor, second: Tensor, ids: [Int], secondIDs: [Int]? = nil) {
        (self.first, self.second, self.ids, self.secondIDs) = (first, second, ids, secondIDs ?? ids)
    }

    /// Items of the batch.
    var count: Int { ids.count }
    /// As `EmbeddedPairs.duplicates`.
    var duplicates: [Bool] { Objectives.duplicates(ids, secondIDs) }
}

/// Rows of the tokens that an objective must guess.
public struct PredictedTokens: Sendable {
    /// `[predicted, textWidth]`: the tower's rows at their places.
    public var rows: Tensor
    /// What stood there.
    public var targets: [Int32]
    /// `[vocabSize, textWidth]`: the tower's own table of tokens.
    public var table: Tensor

    /// Rows at hidden places.
    public init(rows: Tensor, targets: [Int32], table: Tensor) {
        (self.rows, self.targets, self.table) = (rows, targets, table)
    }
}

/// Rows of pictures of which some patches are hidden, and what stood there.
public struct EncodedPatches: Sendable {
    /// `[batch·rowsPerPicture, imageWidth]`: rows of patches that the tower saw.
    public var rows: Tensor
    /// Others that stand before those of each picture.
    public var extraRows: Int
    /// `[batch·patches, patchWidth]`: all patches, normalised as the tower sees them.
    public var patches: Tensor
    /// Patches of a picture.
    public var patchesPerPicture: Int
    /// Which patches of each picture are hidden, ascending: numbers in `0..<patchesPerPicture`.
    public var hidden: [[Int]]

    /// Rows of pictures.
    public init(rows: Tensor, extraRows: Int, patches: Tensor, patchesPerPicture: Int, hidden: [[Int]]) {
        (self.rows, self.extraRows, self.patches) = (rows, extraRows, patches)
        (self.patchesPerPicture, self.hidden) = (patchesPerPicture, hidden)
    }

    /// Rows of `patches` that are hidden.
    var hiddenRows: [Int] {
        hidden.enumerated().flatMap { picture, places in places.map { picture * patchesPerPicture + $0 } }
    }
}

/// Rows of the sentences of documents.
public struct EmbeddedPassages: Sendable {
    /// `[sentences, textWidth]`, document by document.
    public var rows: Tensor
    /// Where each document begins.
    public var documents: Segments
    /// Equal numbers are the same sentence.
    public var ids: [Int]

    /// Rows of sentences.
    public init(rows: Tensor, documents: Segments, ids: [Int]) {
        (self.rows, self.documents, self.ids) = (rows, documents, ids)
    }
}

/// Rows of texts, and the tokens that these had.
public struct EncodedTexts: Sendable {
    /// `[batch, textWidth]`.
    public var rows: Tensor
    /// The whole texts.
    public var tokens: [Int32]
    /// Where each begins.
    public var segments: Segments
    /// `[vocabSize, textWidth]`: the tower's own table of tokens.
    public var table: Tensor

    /// Rows of texts.
    public init(rows: Tensor, tokens: [Int32], segments: Segments, table: Tensor) {
        (self.rows, self.tokens, self.segments, self.table) = (rows, tokens, segments, table)
    }
}

/// Rows of two sentences in one sequence.
public struct EmbeddedSentencePairs: Sendable {
    /// `[batch, textWidth]`.
    public var rows: Tensor
    /// Whether the second follows the first.
    public var isNext: [Bool]

    /// Rows of sequences.
    public init(rows: Tensor, isNext: [Bool]) { (self.rows, self.isNext) = (rows, isNext) }
}

/// `[n · n]`: true at (i, j) where things i and j differ in place but share a number on one side; empty where none does.
func duplicates(_ left: [Int], _ right: [Int]) -> [Bool] {
    let n = left.count
    guard Set(left).count < n || Set(right).count < n else { return [] }
    return (0..<n * n).map { at in
        let (i, j) = (at / n, at % n)
        return i != j && (left[i] == left[j] || right[i] == right[j])
    }
}

/// The mean over rows of `ln(1 + negatives)`: what a choice by lot among `n` costs where what is ignored stands aside.
func chanceOfChoice(_ n: Int, ignoring ignored: [Bool]) -> Float {
    guard !ignored.isEmpty else { return naturalLogarithm(Float(n)) }
    let sums = (0..<n).map { i in naturalLogarithm(Float(n - ignored[i * n..<(i + 1) * n].count { $0 })) }
    return sums.reduce(0, +) / Float(n)
}
