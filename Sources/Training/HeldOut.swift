import Datasets
package import Evaluation
import Failures
import Tensors

/// What nobody trains on, and how well a model does there.
protocol HeldOut: Sendable {
    /// Pictures or texts that are embedded, for a guess of what an evaluation takes.
    var count: Int { get }
    /// Embeds everything with the weights of `trainer`, and looks how well it tells things apart.
    ///
    /// - Throws: `.badData` or `.readWrite` where features or texts cannot be read.
    func evaluate(_ trainer: inout Trainer) throws(Failure) -> HeldOutOutcome
}

/// What one evaluation found.
struct HeldOutOutcome {
    var findings: Findings
    var skipped: [Skipped] = []
}

extension [Int] {
    /// At most so many of these, ascending, by the luck of `seed`; `item` tells one choice from another.
    func drawn(_ most: Int, seed: UInt64, item: Int) -> [Int] {
        guard count > most else { return self }
        var random = SeededRandom(seed: seed, purpose: .split, item: item)
        return random.permutation(count).prefix(most).map { self[$0] }.sorted()
    }
}

/// Classes by their names, numbered in the order in which they come.
struct ClassNumbers {
    private var numbers: [String: Int] = [:]

    var count: Int { numbers.count }

    /// The number of a class, a new one where it was never seen.
    mutating func number(of name: String) -> Int {
        let number = numbers[name] ?? numbers.count
        numbers[name] = number
        return number
    }
}

/// What embeddings of held-out things are worth. What a run does not have is absent.
package struct Findings: Sendable, Encodable {
    /// Captions find pictures, and pictures captions.
    package var retrieval: RetrievalReport?
    /// The same among the pictures of one top folder alone, where there are several.
    package var parts: [String: RetrievalReport] = [:]
    /// A text finds the one that belongs to it.
    package var textToText: RetrievalScores?
    /// One augmented view of a picture finds another of the same.
    package var viewToView: RetrievalScores?
    /// Classes by the nearest neighbours among what was learnt from.
    package var neighbors: ClassificationReport?
    /// Classes read off by one matrix that was learnt from them.
    package var probe: ClassificationReport?
    /// What the text tower makes of further files of texts, by their names.
    package var files: [String: TextFileReport] = [:]
    /// The same of the first numbers of each embedding alone, by how many.
    package var prefixes: [String: Findings] = [:]
    /// How pictures and texts lie in their space.
    package var space: EmbeddingSpace?

    /// Nothing found yet.
    package init() {}

    /// The figure by which the best model is kept, and what it is.
    package var score: (value: Double, measure: Measure) {
        if let retrieval { return (retrieval.meanRecall, .meanRecall) }
        if let neighbors { return (neighbors.accuracy, .neighborAccuracy) }
        if let scores = textToText ?? viewToView { return (scores.meanRecall, .meanRecall) }
        let files = files.sorted { $0.key < $1.key }.map(\.value)
        if let scores = files.lazy.compactMap(\.textToText).first { return (scores.meanRecall, .meanRecall) }
        if let similarity = files.lazy.compactMap(\.similarity).first { return (similarity.spearman, .spearman) }
        return (0, .meanRecall)
    }

    /// What the best model is best at.
    package enum Measure: String, Codable, Sendable {
        /// The mean of recall at 1, 5 and 10, of both directions where there are two.
        case meanRecall = "mean_recall"
        /// Classes named rightly by neighbours.
        case neighborAccuracy = "neighbor_accuracy"
        /// Rank correlation of cosines with what people said of the similarity of texts.
        case spearman
    }

    private enum Key: CodingKey { case parts, textToText, viewToView, neighbors, probe, files, prefixes, space }

    /// Writes both directions of `retrieval` beside the other fields.
    package func encode(to encoder: any Encoder) throws {
        try retrieval?.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        if !parts.isEmpty { try container.encode(parts, forKey: .parts) }
        try container.encodeIfPresent(textToText, forKey: .textToText)
        try container.encodeIfPresent(viewToView, forKey: .viewToView)
        try container.encodeIfPresent(neighbors, forKey: .neighbors)
        try container.encodeIfPresent(probe, forKey: .probe)
        if !files.isEmpty { try container.encode(files, forKey: .files) }
        if !prefixes.isEmpty { try container.encode(prefixes, forKey: .prefixes) }
        try container.encodeIfPresent(space, forKey: .space)
    }
}
