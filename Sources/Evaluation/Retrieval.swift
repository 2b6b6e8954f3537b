/// How well one kind of thing finds the other: captions their pictures, or pictures their captions.
public struct RetrievalScores: Codable, Sendable, Equatable {
    /// Share of queries with a right answer among the first 1, 5 and 10 hits, `0...1`.
    public var recallAt1, recallAt5, recallAt10: Double
    /// Where each lies with 95 % confidence.
    public var recallAt1Interval, recallAt5Interval, recallAt10Interval: BootstrapInterval
    /// The middle one of the ranks of the first right answer, from 1.
    public var medianRank: Double
    /// How many queries were asked, and among how many candidates each was answered.
    public var queries, candidates: Int
    /// Recall at 10 of an order drawn by lot.
    public var chanceAt10: Double

    /// The mean of recall at 1, 5 and 10.
    public var meanRecall: Double { (recallAt1 + recallAt5 + recallAt10) / 3 }

    enum CodingKeys: String, CodingKey {
        case recallAt1 = "recall_at_1"
        case recallAt5 = "recall_at_5"
        case recallAt10 = "recall_at_10"
        case recallAt1Interval = "recall_at_1_interval"
        case recallAt5Interval = "recall_at_5_interval"
        case recallAt10Interval = "recall_at_10_interval"
        case medianRank = "median_rank"
        case queries, candidates
        case chanceAt10 = "chance_at_10"
    }

    /// The scores of `ranks`, one of each query, which had `right[i]` right answers among `candidates`.
    init(ranks: [Double], right: [Int], candidates: Int) {
        func found(_ k: Double) -> Int { ranks.count { $0 <= k } }
        func recall(_ k: Double) -> Double { Double(found(k)) / Double(max(ranks.count, 1)) }
        func interval(_ k: Double) -> BootstrapInterval { BootstrapInterval(successes: found(k), of: ranks.count) }
        (recallAt1, recallAt1Interval) = (recall(1), interval(1))
        (recallAt5, recallAt5Interval) = (recall(5), interval(5))
        (recallAt10, recallAt10Interval) = (recall(10), interval(10))
        medianRank = median(ranks)
        queries = ranks.count
        self.candidates = candidates
        chanceAt10 = mean(right.map { chance(at: 10, right: $0, of: candidates) })
    }
}

/// Retrieval in both directions between pictures and captions that nobody trained on.
public struct RetrievalReport: Codable, Sendable, Equatable {
    /// A caption asks, pictures are found.
    public var textToImage: RetrievalScores
    /// A picture asks, captions are found.
    public var imageToText: RetrievalScores

    enum CodingKeys: String, CodingKey {
        case textToImage = "text_to_image"
        case imageToText = "image_to_text"
    }

    /// The mean over both directions of recall at 1, 5 and 10: the one figure by which the best model is kept.
    public var meanRecall: Double { (textToImage.meanRecall + imageToText.meanRecall) / 2 }
}

func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted(), middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The chance that at least one of `right` answers lies among the first `k` of `candidates` in an order drawn by lot:
/// `1 − C(candidates − right, k) / C(candidates, k)`.
func chance(at k: Int, right: Int, of candidates: Int) -> Double {
    guard candidates - right >= k else { return right > 0 ? 1 : 0 }
    var none = 1.0
    for i in 0..<k { none *= Double(candidates - right - i) / Double(candidates - i) }
    return 1 - none
}
