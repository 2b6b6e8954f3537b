import Testing

@testable import Evaluation

@Suite struct EvaluateTests {
    /// `count` unit rows, each along an axis of its own.
    private func axes(_ count: Int) -> [Float] {
        (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }
    }

    private func pairs(_ captions: [[String]]) -> Pairs {
        var pairs = Pairs()
        for texts in captions { pairs.addPicture(captions: texts) }
        return pairs
    }

    @Test func `a perfect model finds everything first`() {
        let rows = axes(20)
        let report = retrieval(
            pictures: rows.span, captions: rows.span, embedDim: 20, pairs: pairs((0..<20).map { ["caption \($0)"] }))
        #expect(report.textToImage.recallAt1 == 1 && report.imageToText.recallAt1 == 1)
        #expect(report.textToImage.medianRank == 1)
        #expect(report.textToImage.queries == 20 && report.textToImage.candidates == 20)
        #expect(report.textToImage.chanceAt10 == 0.5)
    }

    @Test func `recall lies inside its interval, which narrows with more queries`() {
        // Every second query finds its answer first, the others do not.
        func scores(_ count: Int) -> RetrievalScores {
            RetrievalScores(
                ranks: (0..<count).map { $0 % 2 == 0 ? 1 : 99 }, right: [Int](repeating: 1, count: count),
                candidates: 100)
        }
        let few = scores(40).recallAt1Interval, many = scores(4_000).recallAt1Interval
        #expect(few.lower < many.lower && many.lower < 0.5 && 0.5 < many.upper && many.upper < few.upper)
        // 1.96·√(0.25 / 4000) = 0.0155.
        #expect(abs(many.upper - 0.5155) < 0.001 && abs(many.lower - 0.4845) < 0.001)
    }

    @Test func `a collapsed model reaches the middle rank and no recall`() {
        let rows = [Float](repeating: 0.5, count: 101 * 4)
        let report = retrieval(
            pictures: rows.span, captions: rows.span, embedDim: 4, pairs: pairs((0..<101).map { ["\($0)"] }))
        #expect(report.textToImage.medianRank == 51)
        #expect(report.textToImage.recallAt10 == 0 && report.meanRecall == 0)
    }

    @Test func `of two models that find all among ten, the one that finds more first has the higher mean recall`() {
        let right = axes(8)
        var mistaken = right
        mistaken[1] = 2  // caption 0 is nearer to picture 1 than to its own
        let reports = [right, mistaken].map { captions in
            retrieval(
                pictures: right.span, captions: captions.span, embedDim: 8, pairs: pairs((0..<8).map { ["\($0)"] }))
        }
        #expect(reports.allSatisfy { $0.textToImage.recallAt10 == 1 && $0.imageToText.recallAt10 == 1 })
        #expect(reports[0].meanRecall == 1 && reports[1].meanRecall < 1)
    }

    @Test func `ranks follow the scores`() {
        // Pictures lie on the circle at 0°, 90°, 180°; caption 0 points at 80°: picture 1 first, picture 0 second.
        let pictures: [Float] = [1, 0, 0, 1, -1, 0]
        let captions: [Float] = [0.17, 0.98, 0, 1, -1, 0]
        let report = retrieval(
            pictures: pictures.span, captions: captions.span, embedDim: 2, pairs: pairs([["a"], ["b"], ["c"]]))
        #expect(report.textToImage.recallAt1 == 2.0 / 3)
        #expect(report.textToImage.recallAt5 == 1)
    }

    @Test func `any of several captions answers a picture`() {
        let pictures: [Float] = [1, 0, 0, 1]
        let captions: [Float] = [-1, 0, 1, 0, 0, 1]  // the first caption of picture 0 points away from it
        let report = retrieval(
            pictures: pictures.span, captions: captions.span, embedDim: 2, pairs: pairs([["away", "a"], ["b"]]))
        #expect(report.imageToText.recallAt1 == 1 && report.imageToText.queries == 2)
        #expect(report.textToImage.queries == 3 && report.textToImage.recallAt1 == 2.0 / 3)
    }

    @Test func `equal captions are one candidate that any of its pictures answers`() {
        let rows: [Float] = [1, 0, 1, 0, 0, 1]
        let pairs = pairs([["shirt"], ["shirt"], ["shoe"]])
        let captions: [Float] = [1, 0, 0, 1]
        let report = retrieval(pictures: rows.span, captions: captions.span, embedDim: 2, pairs: pairs)
        #expect(report.imageToText.candidates == 2 && report.textToImage.queries == 3)
        #expect(report.textToImage.recallAt1 == 1 && report.imageToText.recallAt1 == 1)
    }

    @Test func `a score that is not a number counts against the model`() {
        let scores: [Float] = [.nan, 0.5, .nan]
        #expect(rank(ofBest: [1], in: scores.span) == 3)
        #expect(rank(ofBest: [0], in: scores.span) == 4)
    }

    @Test func `chance counts every right answer`() {
        #expect(chance(at: 10, right: 1, of: 1000) == 0.01 || abs(chance(at: 10, right: 1, of: 1000) - 0.01) < 1e-12)
        #expect(abs(chance(at: 1, right: 3, of: 10) - 0.3) < 1e-12)
        #expect(chance(at: 10, right: 1, of: 5) == 1)
    }

    @Test func `the mean cosine tells a collapse from a spread`() {
        let same = [Float](repeating: 0.5, count: 40)
        #expect(abs(meanPairwiseCosine(same.span, embedDim: 4) - 1) < 1e-6)
        #expect(abs(meanPairwiseCosine(axes(6).span, embedDim: 6)) < 1e-6)
    }
}
