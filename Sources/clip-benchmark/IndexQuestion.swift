import Failures
import Foundation
import Kernels
import VectorIndex

/// A line of `scripts/benchmark index`: kind and mode of the queries, how they are searched, and how many there are at most.
struct IndexQuestion: Decodable {
    /// How queries come.
    enum Mode: String, Decodable {
        /// All at once.
        case batch
        /// One after the other; the threads share each.
        case single
        /// One after the other on each thread, which has its own.
        case concurrent
        /// None is searched: it is told what lies in the lists that would be visited.
        case reach
    }

    /// What a search is asked for.
    struct Setting: Decodable {
        var recall: Double?, nprobe: Int?
        /// Only ids that are multiples of it may be found.
        var every: Int64?
    }

    static let k = 10

    let kind: QueryKind, mode: Mode, setting: Setting, most: Int

    /// - Throws: `.badSettings` where the line is no question.
    init(_ line: String) throws(Failure) {
        guard let question = try? JSONDecoder().decode(Self.self, from: Data(line.utf8)),
            question.most > 0, question.setting.nprobe ?? 1 > 0, question.setting.every ?? 1 > 0
        else { throw Self.refused(line) }
        self = question
    }

    /// Reads an array of the four.
    init(from decoder: any Decoder) throws {
        var fields = try decoder.unkeyedContainer()
        kind = try fields.decode(QueryKind.self)
        mode = try fields.decode(Mode.self)
        setting = try fields.decode(Setting.self)
        most = try fields.decode(Int.self)
    }

    static func refused(_ line: String) -> Failure {
        Failure(
            .badSettings, "cannot answer", at: line, because: "it is no question about queries that are there",
            try: "write [\"words\", \"batch\", {\"recall\": 0.95}, 2000]")
    }

    var recall: Double { setting.recall ?? IndexSnapshot.usualRecall }

    /// Answers with the first of `rows`, twice: once before, so that every block was compared with its checksum.
    func answer(_ rows: [Float], from whole: IndexSnapshot) throws(Failure) -> String {
        let width = whole.embedDim, count = min(most, rows.count / width)
        let some = Array(rows.prefix(count * width))
        if mode == .reach { return try answerReach(some, from: whole) }
        let queries = mode == .batch ? [some] : (0..<count).map { Array(some[$0 * width..<($0 + 1) * width]) }
        var index = setting.every.map { every in whole.restricted { $0 % every == 0 } } ?? whole
        var found: [[Hit]] = [], seconds = 0.0, wall = 0.0
        for _ in 0..<2 {
            let began = processorSeconds, start = ContinuousClock.now
            found = try hits(of: queries, in: &index)
            (seconds, wall) = (processorSeconds - began, (ContinuousClock.now - start) / .seconds(1))
        }
        return """
            {"microseconds": \(seconds * 1e6 / Double(count)), "wall": \(wall * 1e6 / Double(count)), \
            "found": \(found.map { $0.map { Int($0.id) } })}
            """
    }

    private func hits(of queries: [[Float]], in index: inout IndexSnapshot) throws(Failure) -> [[Hit]] {
        guard mode == .concurrent else { return try hits(of: queries[...], in: &index) }
        let workers = threadCount, copy = index
        let parts = parallelMap(workers) { worker -> Result<[[Hit]], Failure> in
            var own = copy
            let mine = queries[queries.count * worker / workers..<queries.count * (worker + 1) / workers]
            do throws(Failure) { return .success(try hits(of: mine, in: &own)) } catch { return .failure(error) }
        }
        var found: [[Hit]] = []
        for part in parts { found += try part.get() }
        return found
    }

    private func hits(of queries: ArraySlice<[Float]>, in index: inout IndexSnapshot) throws(Failure) -> [[Hit]] {
        var found: [[Hit]] = []
        for some in queries {
            found += try index.nearest(Self.k, to: some, as: kind, recall: recall, nprobe: setting.nprobe)
        }
        return found
    }
}
