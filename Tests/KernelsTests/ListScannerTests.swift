import KernelInterface
import Processor
import Tensors
import Testing

@testable import Kernels

/// Scans of lists against the plain definition of a score, at every level: the same bits.
@Suite struct ListScannerTests {
    private let shape = CodeShape(embedDim: 200)
    private let lengths = [0, 1, 15, 16, 17, 130, 300]
    private let means: QuantizedRows, queries: CodedQueries, high: [UInt8], low: [UInt8]
    /// The scores of every row for every query, by their definition: `[queries, rows]`.
    private var scores: [(first: Float, whole: Float)] = []
    private var starts: [Int] { lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) } }

    init() {
        var luck = SeededRandom(seed: 3, purpose: .test)
        let blocks = lengths.reduce(0) { $0 + ($1 + 15) / 16 }, rows = lengths.reduce(0, +)
        high = (0..<blocks * shape.blockBytes).map { _ in UInt8(luck.index(below: 256)) }
        low = (0..<rows * shape.lowBytes).map { _ in UInt8(luck.index(below: 256)) }
        means = QuantizedRows(random(lengths.count * 200, 1).span, columns: 200)
        let axes = QuantizedRows(random(shape.width * 200, 2).span, columns: 200)
        queries = CodedQueries(random(20 * 200, 3), projection: BytePanels(axes), shape: shape)
        scores = (0..<20 * rows).map { defined($0 % rows, $0 / rows) }
    }

    private func list(of row: Int) -> Int { starts.lastIndex { $0 <= row && row < starts[lengths.count] } ?? 0 }

    /// `Σ u·(code − 7.5)` in parts, of a row and a query: high, low.
    private func sums(_ row: Int, _ query: Int) -> (high: Int32, low: Int32) {
        let list = list(of: row), place = row - starts[list], bytes = queries.weights.bytes
        let block = ListScanner.blockStarts(starts)[list] + place / 16
        var first: Int32 = 0, rest: Int32 = 0
        for k in 0..<shape.highDim {
            let byte = high[block * shape.blockBytes + k / 8 * 64 + place % 16 * 4 + k % 4]
            first += Int32(bytes[query * shape.width + k]) * Int32(k % 8 < 4 ? byte & 15 : byte >> 4)
        }
        for k in 0..<shape.lowDim {
            let byte = low[row * shape.lowBytes + k % shape.lowBytes]
            rest +=
                Int32(bytes[query * shape.width + shape.highDim + k])
                * Int32(k < shape.lowBytes ? byte & 15 : byte >> 4)
        }
        return (first, rest)
    }

    private func score(_ row: Int, _ query: Int) -> (first: Float, whole: Float) {
        scores[query * lengths.reduce(0, +) + row]
    }

    private func defined(_ row: Int, _ query: Int) -> (first: Float, whole: Float) {
        let list = list(of: row), sums = sums(row, query), scale = queries.weights.scales[query]
        let product = (0..<shape.byteWidth).reduce(Int32(0)) {
            $0 + Int32(queries.rows.bytes[query * shape.byteWidth + $1])
                * Int32(means.bytes[list * shape.byteWidth + $1])
        }
        let base = Float(product) * (queries.rows.scales[query] * means.scales[list])
        let first = base - 7.5 * scale * Float(queries.highTotals[query]) + scale * Float(sums.high)
        return (first, first + scale * (Float(sums.low) - 7.5 * Float(queries.lowTotals[query])))
    }

    private func best(_ kept: Int, _ rows: [Int], by score: (Int) -> Float) -> [Int] {
        Array(rows.sorted { score($0) != score($1) ? score($0) > score($1) : $0 < $1 }.prefix(kept))
    }

    private func rows(_ found: ListCandidates, _ query: Int) -> [Int] {
        (0..<found.count(of: query)).map { found.candidate($0, of: query).row }.sorted()
    }

    @Test(arguments: InstructionLevel.available)
    func `the best rows by half and by whole codes are found, alone or in a batch`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level }).search
        let all = Array(0..<starts[lengths.count]), removed = Set(all.filter { $0 % 7 == 3 })
        var words = [UInt64](repeating: 0, count: all.count / 64 + 1)
        for row in removed { words[row / 64] |= 1 << UInt64(row % 64) }
        let scanner = ListScanner(shape, means: means, rowStarts: starts, excluded: words, loops: set)
        let own = (0..<20).map { 20 * $0 }, visits = ListVisits(all: lengths.count, queries: 20)
        high.read { high in
            low.read { low in
                var found = scanner.candidates(of: queries, visits, high: high, low: low, kept: 12, own: own)
                let first = found
                scanner.refine(&found, queries, high: high, low: low, kept: 5)
                for query in 0..<20 {
                    let live = all.filter { !removed.contains($0) && $0 != own[query] }
                    let expected = best(12, live) { score($0, query).first }
                    #expect(rows(first, query) == expected.sorted())
                    for number in 0..<12 {
                        let (row, found) = first.candidate(number, of: query)
                        #expect(found == score(row, query).first)
                    }
                    #expect(rows(found, query) == best(5, expected) { score($0, query).whole }.sorted())
                    for number in 0..<5 {
                        let (row, found) = found.candidate(number, of: query)
                        #expect(found == score(row, query).whole)
                    }
                }
            }
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `a query alone finds what it finds among others, in any order of lists`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level }).search
        let scanner = ListScanner(shape, means: means, rowStarts: starts, loops: set)
        let vectors = Array(queries.vectors.prefix(200)),
            axes = QuantizedRows(random(shape.width * 200, 2).span, columns: 200)
        let alone = CodedQueries(vectors, projection: BytePanels(axes), shape: shape)
        high.read { high in
            low.read { low in
                let together = scanner.candidates(
                    of: queries, ListVisits(all: lengths.count, queries: 20), high: high, low: low, kept: 9)
                let single = scanner.candidates(
                    of: alone, ListVisits(all: lengths.count, queries: 1), high: high, low: low, kept: 9)
                #expect(rows(single, 0) == rows(together, 0) && rows(single, 0).count == 9)
            }
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `the largest score of each list is that of its best row`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level }).search
        let scanner = ListScanner(shape, means: means, rowStarts: starts, loops: set), own = (0..<20).map { 20 * $0 }
        let maxima = high.read { high in
            low.read { low in scanner.maxima(of: queries, high: high, low: low, own: own) }
        }
        for query in 0..<20 {
            for list in 1..<lengths.count {
                let members = (starts[list]..<starts[list + 1]).filter { $0 != own[query] }
                guard let best = members.map({ score($0, query).whole }).max() else { continue }
                #expect(abs(maxima[query * lengths.count + list] - best) < 1e-4 * max(1, abs(best)))
            }
            #expect(maxima[query * lengths.count] == -1)
        }
    }

    @Test func `lists within the gap are visited, near ones first, and alone as in a batch`() {
        let routers = BytePanels(QuantizedRows(random(40 * 32, 5).span, columns: 32))
        let rows = QuantizedRows(random(10 * 32, 6).span, columns: 32)
        let all = ListVisits(of: rows, 0..<10, routers: routers, gap: 2)
        routers.forEachProducts(of: rows, 0..<10) { query, products in
            let scores = products.indices.map { products[$0] * rows.scales[query] }
            let most = scores.max() ?? 0, wanted = scores.indices.filter { scores[$0] >= most - 2 }
            let found = all.lists.indices.filter { group in
                all.visitors[all.starts[group]..<all.starts[group + 1]].contains(Int32(query))
            }.map { Int(all.lists[$0]) }
            #expect(found.sorted() == wanted && !wanted.isEmpty)
            let alone = ListVisits(of: rows, query..<query + 1, routers: routers, gap: 2)
            #expect(alone.lists.map { Int($0) } == found && alone.visitors.allSatisfy { $0 == 0 })
        }
    }

    @Test func `the nearest of packed rows is that of all products`() {
        let rows = QuantizedRows(random(333 * 20, 7).span, columns: 20),
            panels = BytePanels(
                QuantizedRows(random(37 * 20, 8).span, columns: 20))
        let (numbers, products) = panels.nearest(to: rows)
        panels.forEachProducts(of: rows, 0..<333) { row, all in
            let most = all.indices.reduce(-Float.infinity) { max($0, all[$1]) }
            #expect(all[Int(numbers[row])] == most && products[row] == most)
        }
    }

    @Test func `the factor of a matrix times itself is the matrix`() {
        let x = random(40 * 12, 9).map(Double.init), n = 12
        var matrix = [Double](repeating: 0, count: n * n)
        for row in 0..<40 { for i in 0..<n { for j in 0..<n { matrix[i * n + j] += x[row * n + i] * x[row * n + j] } } }
        let factor = CholeskyFactor(matrix, order: n), upper = (0..<n * n).map { factor.lower[$0 % n * n + $0 / n] }
        for (a, b) in zip(matrixProduct(factor.lower, upper, order: n), matrix) { #expect(abs(a - b) < 1e-10) }
        for (place, a) in matrixProduct(factor.inverse, factor.lower, order: n).enumerated() {
            #expect(abs(a - (place % (n + 1) == 0 ? 1 : 0)) < 1e-10)
        }
    }
}
