import Failures
import Kernels

/// Search through lists as a router of the queries' kind leads it, by codes, and then by the vectors themselves.
extension IndexSnapshot {
    /// What a search of this kind takes.
    struct GuidedSearch: Sendable {
        var router: ListRouter
        var gap: Float
        var shortlist: Int, rerank: Int
        /// As many as these are to be found of a query's best.
        var wanted: Int

        /// The lists that some queries visit.
        func visits(of queries: CodedQueries) -> ListVisits {
            router.visits(of: router.coordinates(of: queries.rows), gap: gap)
        }
    }

    /// Queries that are worked on together at most.
    private static let queriesAtOnce = 1024

    /// The settings that give a recall, for `k` hits; nil where nothing was learned of such queries, or such a recall was not
    /// reached.
    func guidedSearch(_ kind: QueryKind, recall: Double, _ k: Int) -> GuidedSearch? {
        guard let router = model?.router(for: kind),
            let point = manifest.lists?.recalls.first(where: { $0.kind == kind })?.point(for: recall)
        else { return nil }
        // Measured for ten hits; more of them take as much more.
        let times = max(1, (Double(k) / 10).rounded(.up))
        let limit = Double(max(point.shortlist, min(k, count), 1 << 14))
        return GuidedSearch(
            router: router, gap: point.gap, shortlist: Int(min(limit, Double(point.shortlist) * times)),
            rerank: Int(min(limit, Double(point.rerank) * times)), wanted: 10 * Int(times))
    }

    /// Tells the candidates of every query in the segments with lists, with their exact scores.
    mutating func search(
        _ queries: [Float], _ guided: GuidedSearch, take: (Int, [Hit]) -> Void
    ) throws(Failure) {
        guard let model else { return }
        let listed = segments.indices.filter { hasLists($0) && isRemoved[$0].memberCount < rowCount(of: $0) }
        for s in listed { try checkCodes(of: s) }
        let count = queries.count / embedDim, share = (count + threadCount - 1) / threadCount
        let atOnce = min(Self.queriesAtOnce, max(share, 1)), tasks = (count + atOnce - 1) / atOnce
        let found = parallelMap(tasks) { [self] task in
            let some = task * atOnce * embedDim..<min((task + 1) * atOnce, count) * embedDim
            let coded = model.coded(tasks == 1 ? queries : Array(queries[some]))
            return (coded, candidates(of: coded, listed, model, guided))
        }
        for (coded, candidates) in found {
            for (s, candidates) in zip(listed, candidates) where unchecked[s] > 0 {
                for query in 0..<coded.count {
                    for number in 0..<candidates.count(of: query) {
                        let row = candidates.candidate(number, of: query).row
                        try check(row..<row + 1, of: s)
                    }
                }
            }
        }
        let hits = parallelMap(tasks) { [self] task in scored(found[task].0, listed, model, found[task].1, guided) }
        for (task, some) in hits.enumerated() {
            for (query, hits) in some.enumerated() { take(task * atOnce + query, hits) }
        }
    }

    /// The rows of each of some segments that are worth a look.
    private func candidates(
        of coded: CodedQueries, _ listed: [Int], _ model: ListModel, _ guided: GuidedSearch
    ) -> [ListCandidates] {
        let visits = guided.visits(of: coded)
        return listed.map { s in
            segments[s].readCodes { high, low, halves in
                let scanner = scanner(of: s, model)
                var found =
                    coded.count == 1
                    ? scanner.candidatesOfOne(
                        coded, visits, high: high, low: low, halves: halves, kept: guided.shortlist)
                    : scanner.candidates(
                        of: coded, visits, high: high, low: low, halves: halves, kept: guided.shortlist)
                scanner.refine(&found, coded, high: high, low: low, kept: guided.rerank)
                return found
            }
        }
    }

    private func scored(
        _ coded: CodedQueries, _ listed: [Int], _ model: ListModel, _ candidates: [ListCandidates],
        _ guided: GuidedSearch
    ) -> [[Hit]] {
        var hits = [[Hit]](repeating: [], count: coded.count)
        for (s, candidates) in zip(listed, candidates) {
            var candidates = candidates
            segments[s].readHalves(0..<rowCount(of: s)) {
                scanner(of: s, model).score(&candidates, coded, halves: $0, wanted: guided.wanted)
            }
            let ids = segments[s].ids
            for query in hits.indices {
                for number in 0..<candidates.count(of: query) {
                    let (row, score) = candidates.candidate(number, of: query)
                    hits[query].append(Hit(id: ids[row], score: score))
                }
            }
        }
        return hits
    }

    private func scanner(of s: Int, _ model: ListModel) -> ListScanner {
        model.scanner(
            rowStarts: segments[s].starts, blockStarts: segments[s].blockStarts, excluded: isRemoved[s].words)
    }

    /// Bytes that searches through lists keep in memory: codes alone, and with ids, lists and routers. The vectors
    /// themselves are read where they are needed.
    public var bytesInMemory: (codes: Int, all: Int) {
        var codes = 0, all = 0
        for segment in segments where segment.nlist > 0 {
            let shape = segment.layout.shape
            codes += segment.count * (shape.blockBytes / 16 + shape.lowBytes)
            if manifest.codecChoice.type.scoring.readsRows { all += 2 * segment.count * embedDim }
            all += segment.layout.highBytes.count + segment.layout.lowBytes.count
            all += 8 * (segment.count + segment.starts.count + segment.blockStarts.count)
        }
        guard let model else { return (codes, all) }
        all += model.means.bytes.count + 8 * model.nlist + model.codec.bytesInMemory
        for router in model.routers {
            all += router.lists.bytes.count + 4 * router.lists.scales.count + router.axes.bytes.count
            all += router.groups?.heads.bytes.count ?? 0
        }
        return (codes, all)
    }
}
