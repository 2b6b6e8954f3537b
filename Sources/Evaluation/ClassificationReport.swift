/// How often the classes of held-out embeddings are told from those of others.
public struct ClassificationReport: Codable, Sendable, Equatable {
    /// Share of queries whose class is named rightly, `0...1`, and its interval.
    public var accuracy: Double
    /// Where the accuracy lies with 95 % confidence.
    public var accuracyInterval: BootstrapInterval
    /// Held-out embeddings that were classified, embeddings whose classes were known, and how many classes there are.
    public var queries, candidates, classes: Int
    /// The share of queries that the largest class has: what naming it always would reach.
    public var chance: Double

    enum CodingKeys: String, CodingKey {
        case accuracy, queries, candidates, classes, chance
        case accuracyInterval = "accuracy_interval"
    }

    /// The report of classes that were `named`, where `right` are the true ones.
    init(named: [Int], right: [Int], candidates: Int, classes: Int) {
        precondition(named.count == right.count, "\(named.count) answers to \(right.count) queries")
        let hits = zip(named, right).count { $0 == $1 }
        var sizes = [Int](repeating: 0, count: classes)
        for label in right { sizes[label] += 1 }
        accuracy = Double(hits) / Double(max(right.count, 1))
        accuracyInterval = BootstrapInterval(successes: hits, of: right.count)
        queries = right.count
        self.candidates = candidates
        self.classes = classes
        chance = Double(sizes.max() ?? 0) / Double(max(right.count, 1))
    }
}

/// Embeddings whose classes are known: `[labels.count, embedDim]`, and one class from 0 a row.
public struct LabelledRows: Sendable {
    /// The embeddings, row by row.
    public let rows: [Float]
    /// The class of each row.
    public let labels: [Int]
    /// Length of a row.
    public let embedDim: Int

    /// Embeddings and their classes.
    public init(_ rows: [Float], labels: [Int], embedDim: Int) {
        precondition(rows.count == labels.count * embedDim, "\(rows.count) floats, \(labels.count) rows of \(embedDim)")
        precondition(labels.allSatisfy { $0 >= 0 }, "classes are numbered from 0, found \(labels.min() ?? 0)")
        (self.rows, self.labels, self.embedDim) = (rows, labels, embedDim)
    }

    /// The number of classes: the largest label and one.
    var classes: Int { (labels.max() ?? -1) + 1 }
}
