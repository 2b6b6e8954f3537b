import Kernels

/// Finds out, on queries that nothing was learned from, which settings reach which recall, and how little they may cost.
struct RecallMeasurement {
    let router: ListRouter
    /// The rows as they are coded, and as they are by the usual codec, from which the truth is taken.
    let lists, teaching: CodedLists
    let partition: Partition

    private var codec: any ListCodec.Type { type(of: lists.model.codec) }

    /// The recalls that can be asked for.
    static let recalls = [0.8, 0.85, 0.9, 0.95, 0.98, 0.99]
    /// Neighbours that are looked for.
    private static let k = 10
    /// Shares of the neighbours whose lists are visited; each gives a gap that is tried.
    private static let shares = [0.82, 0.86, 0.9, 0.925, 0.945, 0.96, 0.97, 0.98, 0.987, 0.993, 0.997]
    private static let shortlists = [20, 40, 60, 90, 130, 200, 300, 450, 700, 1000, 1500, 2048]
    private static let reranks = [10, 14, 20, 30, 45, 70, 110, 170, 260, 400, 640, 1000]
    /// Nanoseconds, about: of a list that is visited, a row of the shortlist, one that is re-ranked.
    private static let costs = (list: 25.0, shortlisted: 20.0, reranked: 80.0)
    private static let queriesAtOnce = 64

    /// What a query should find: rows, the least of their scores, and how far below the best list their lists are foretold
    /// to be.
    private struct Truth {
        var rows: [Int] = [], least: Float, gaps: [Float] = []
    }

    /// Neighbours found, by gap, shortlist and rerank; rows scanned and lists visited by gap.
    private struct Tally {
        var found = [Int](repeating: 0, count: shares.count * shortlists.count * reranks.count)
        var rows = [Int](repeating: 0, count: shares.count), lists = [Int](repeating: 0, count: shares.count)

        static func place(_ gap: Int, _ shortlist: Int, _ rerank: Int) -> Int {
            (gap * shortlists.count + shortlist) * reranks.count + rerank
        }

        mutating func add(_ other: Tally) {
            for i in found.indices { found[i] += other.found[i] }
            for i in rows.indices { (rows[i], lists[i]) = (rows[i] + other.rows[i], lists[i] + other.lists[i]) }
        }
    }

    /// The table of a kind of queries.
    func table(_ queries: LearningQueries) -> RecallTable {
        let width = lists.model.shape.embedDim, count = queries.measuring.count / width
        let tasks = (count + Self.queriesAtOnce - 1) / Self.queriesAtOnce
        func some(_ task: Int, _ model: ListModel) -> (coded: CodedQueries, own: [Int]) {
            let range = task * Self.queriesAtOnce..<min((task + 1) * Self.queriesAtOnce, count)
            let own = queries.ownOfMeasuring.isEmpty ? [] : Array(queries.ownOfMeasuring[range])
            return (
                model.coded(Array(queries.measuring[range.lowerBound * width..<range.upperBound * width])), own
            )
        }
        let truths = parallelMap(tasks) { task in
            let (coded, own) = some(task, teaching.model)
            return nearest(coded, own)
        }
        let gaps = truths.joined().flatMap(\.gaps).sorted()
        guard !gaps.isEmpty else { return RecallTable(kind: queries.kind, queries: count, points: []) }
        let tried = Self.shares.map { gaps[min(gaps.count - 1, Int($0 * Double(gaps.count)))] }
        let tallies = parallelMap(tasks) { task in
            let (coded, own) = some(task, lists.model)
            return counted(coded, own, truths[task], tried)
        }
        var tally = Tally()
        for part in tallies { tally.add(part) }
        return RecallTable(
            kind: queries.kind, queries: count,
            points: Self.recalls.compactMap { point($0, tally, tried, queries: count, neighbours: gaps.count) })
    }

    /// The nearest rows, by the whole codes of all of them and then exactly.
    private func nearest(_ coded: CodedQueries, _ own: [Int]) -> [Truth] {
        let visits = ListVisits(all: teaching.model.nlist, queries: coded.count)
        var found = teaching.candidates(of: coded, own, visits, shortlist: 2048, rerank: 1024).whole
        teaching.halves.read { teaching.scanner.score(&found, coded, halves: $0, wanted: Self.k) }
        var truths = (0..<coded.count).map { query in
            let all = (0..<found.count(of: query)).map { found.candidate($0, of: query) }
            let best = all.sorted { $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row }.prefix(Self.k)
            return Truth(rows: best.map(\.row), least: best.last?.score ?? 0)
        }
        forEachGaps(coded) { query, gaps in truths[query].gaps = truths[query].rows.map { gaps[list(of: $0)] } }
        return truths
    }

    /// The gap from which on each list is visited, for every query.
    private func forEachGaps(_ coded: CodedQueries, _ body: (Int, [Float]) -> Void) {
        let coordinates = router.coordinates(of: coded.rows)
        let heads = router.groups?.heads.products(with: coordinates) ?? [], count = router.groups?.count ?? 0
        router.lists.forEachProducts(of: coordinates, 0..<coded.count) { query, products in
            let own = heads[query * count..<(query + 1) * count]
            body(query, router.gaps(products, heads: own, scale: coordinates.scales[query]))
        }
    }

    /// The list of a row, by bisection.
    private func list(of row: Int) -> Int {
        var low = 0, high = partition.nlist
        while high - low > 1 {
            let middle = (low + high) / 2
            if partition.starts[middle] <= row { low = middle } else { high = middle }
        }
        return low
    }

    /// One candidate: the first gap that visits its list, and its scores by half and whole code.
    private struct Candidate {
        var row: Int, gap: Int, first: Float, whole: Float
    }

    private func counted(_ coded: CodedQueries, _ own: [Int], _ truths: [Truth], _ tried: [Float]) -> Tally {
        let visits = router.visits(of: router.coordinates(of: coded.rows), gap: tried[tried.count - 1])
        let most = Self.shortlists[Self.shortlists.count - 1]
        let (first, whole) = lists.candidates(of: coded, own, visits, shortlist: most, rerank: most)
        var tally = Tally()
        forEachGaps(coded) { query, gaps in
            for (list, gap) in gaps.enumerated() {
                guard let place = tried.firstIndex(where: { gap <= $0 }) else { continue }
                let length = partition.starts[list + 1] - partition.starts[list]
                for later in place..<tried.count {
                    tally.rows[later] += length
                    tally.lists[later] += 1
                }
            }
            let candidates = (0..<first.count(of: query)).compactMap { number -> Candidate? in
                let (row, score) = first.candidate(number, of: query), gap = gaps[list(of: row)]
                guard let place = tried.firstIndex(where: { gap <= $0 }) else { return nil }
                return Candidate(
                    row: row, gap: place, first: score, whole: whole.candidate(number, of: query).score)
            }.sorted { $0.first != $1.first ? $0.first > $1.first : $0.row < $1.row }
            count(candidates, truths[query], into: &tally)
        }
        return tally
    }

    /// Counts which of the neighbours each settings would find.
    private func count(_ candidates: [Candidate], _ truth: Truth, into tally: inout Tally) {
        // One whose bound is too low may not be compared.
        let least = codec.scoring.givesBounds ? truth.least : -.infinity
        let wanted = candidates.indices.filter {
            truth.rows.contains(candidates[$0].row) && candidates[$0].whole >= least
        }
        for gap in Self.shares.indices {
            // Of every neighbour: how many that were kept before it are better by their whole codes.
            var better = [Int](repeating: 0, count: wanted.count),
                isKept = [Bool](repeating: false, count: wanted.count)
            var kept = 0, level = 0
            func note() {
                for place in wanted.indices where isKept[place] {
                    for rerank in Self.reranks.indices.reversed() {
                        guard Self.reranks[rerank] > better[place] else { break }
                        guard Self.reranks[rerank] <= Self.shortlists[level] else { continue }
                        tally.found[Tally.place(gap, level, rerank)] += 1
                    }
                }
            }
            for (number, candidate) in candidates.enumerated() where candidate.gap <= gap {
                for place in wanted.indices {
                    if wanted[place] == number { isKept[place] = true }
                    if candidate.whole > candidates[wanted[place]].whole { better[place] += 1 }
                }
                kept += 1
                if kept == Self.shortlists[level] {
                    note()
                    level += 1
                    if level == Self.shortlists.count { break }
                }
            }
            while level < Self.shortlists.count {
                note()
                level += 1
            }
        }
    }

    /// The cheapest settings that found so much and a standard error more.
    private func point(
        _ recall: Double, _ tally: Tally, _ gaps: [Float], queries: Int, neighbours: Int
    ) -> RecallTable.Point? {
        // Neighbours of one query are found or missed together, which is worth a factor of 1.5.
        let margin = 1.5 * (recall * (1 - recall) / Double(neighbours)).squareRoot()
        var best: RecallTable.Point?, least = Double.infinity
        for gap in gaps.indices {
            let scan =
                Double(tally.rows[gap]) * codec.rowCost / Double(queries)
                + Double(tally.lists[gap]) * Self.costs.list / Double(queries)
            for (s, shortlist) in Self.shortlists.enumerated() {
                for (r, rerank) in Self.reranks.enumerated() where rerank <= shortlist {
                    let found = Double(tally.found[Tally.place(gap, s, r)]) / Double(neighbours)
                    let cost =
                        scan + Double(shortlist) * Self.costs.shortlisted + Double(rerank) * Self.costs.reranked
                    guard found >= recall + margin, cost < least else { continue }
                    least = cost
                    best = RecallTable.Point(
                        recall: recall, measured: found, margin: margin, gap: gaps[gap], shortlist: shortlist,
                        rerank: rerank,
                        scanned: Double(tally.rows[gap]) / Double(queries) / Double(max(partition.order.count, 1)))
                }
            }
        }
        return best
    }
}
