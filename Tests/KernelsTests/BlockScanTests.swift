import KernelInterface
import Processor
import Tensors
import Testing

@testable import Kernels

/// Scans of codes in blocks against the plain definition of their scores, at every level: the same bits.
@Suite struct BlockScanTests {
    private static let width = 72, queryCount = 11
    private let lengths = [0, 1, 15, 16, 17, 130, 300]
    private let means: QuantizedRows, vectors: [Float], halves: [UInt8]
    private var rows: Int { lengths.reduce(0, +) }
    private var starts: [Int] { lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) } }
    private var blocks: Int { lengths.reduce(0) { $0 + ($1 + 15) / 16 } }

    init() {
        means = QuantizedRows(random(lengths.count * Self.width, 1).span, columns: Self.width)
        vectors = random(Self.queryCount * Self.width, 3)
        halves = halfPrecision(random(lengths.reduce(0, +) * Self.width, 4).span)
    }

    private func bytes(_ count: Int) -> [UInt8] {
        var luck = SeededRandom(seed: 5, purpose: .test)
        return (0..<count).map { _ in UInt8(luck.index(below: 256)) }
    }

    /// A row's list, block, and place in it.
    private func place(of row: Int) -> (list: Int, block: Int, row: Int) {
        let list = lengths.indices.last { starts[$0] <= row } ?? 0, inside = row - starts[list]
        return (list, ListScanner.blockStarts(starts)[list] + inside / 16, inside % 16)
    }

    private func base(_ queries: CodedQueries, _ query: Int, _ list: Int) -> Float {
        let width = means.width
        var product: Int32 = 0
        for i in 0..<width {
            product += Int32(queries.rows.bytes[query * width + i]) * Int32(means.bytes[list * width + i])
        }
        return Float(product) * (queries.rows.scales[query] * means.scales[list])
    }

    /// What a scan at a level keeps is what the definition says, with the same scores: alone, in a batch, and without rows that
    /// are removed or a query's own.
    private func check(
        _ level: String, _ shape: CodeShape, _ scoring: CodeScoring, _ queries: (Range<Int>) -> CodedQueries,
        high: [UInt8], score: (_ row: Int, _ query: Int) -> Float
    ) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level }).search
        let removed = Set((0..<rows).filter { $0 % 7 == 3 })
        var words = [UInt64](repeating: 0, count: rows / 64 + 1)
        for row in removed { words[row / 64] |= 1 << UInt64(row % 64) }
        let own = (0..<Self.queryCount).map { 20 * $0 }
        func found(_ range: Range<Int>, _ own: [Int], _ scanner: ListScanner) -> ListCandidates {
            high.read { high in
                halves.read { halves in
                    scanner.candidates(
                        of: queries(range), ListVisits(all: lengths.count, queries: range.count), high: high,
                        low: RawSpan(), halves: halves, kept: 12, own: own)
                }
            }
        }
        func list(_ found: ListCandidates, _ query: Int) -> [(row: Int, score: Float)] {
            (0..<found.count(of: query)).map { found.candidate($0, of: query) }.sorted { $0.row < $1.row }
        }
        let scanner = ListScanner(shape, scoring, means: means, rowStarts: starts, excluded: words, loops: set)
        let together = found(0..<Self.queryCount, own, scanner)
        for query in 0..<Self.queryCount {
            let scores = (0..<rows).map { score($0, query) }
            let live = (0..<rows).filter { !removed.contains($0) && $0 != own[query] }
            let best = live.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }.prefix(12).sorted()
            let kept = list(together, query)
            #expect(kept.map(\.row) == best, "\(level), query \(query)")
            #expect(kept.map(\.score) == best.map { scores[$0] }, "\(level), query \(query)")
            let alone = list(found(query..<query + 1, [own[query]], scanner), 0)
            #expect(alone.map(\.row) == best && alone.map(\.score) == kept.map(\.score))
        }
    }

    private func vectors(_ range: Range<Int>) -> [Float] {
        Array(vectors[range.lowerBound * Self.width..<range.upperBound * Self.width])
    }

    @Test(arguments: InstructionLevel.available)
    func `rows are scored by themselves`(level: String) throws {
        let shape = CodeShape(embedDim: Self.width, numbers: 0, blockBytes: 0)
        let products = halves.read { halfProducts($0, vectors.span, width: Self.width) }
        try check(level, shape, .rows, { CodedQueries(vectors($0), shape: shape) }, high: []) { row, query in
            products[row * Self.queryCount + query]
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `codes of a byte are multiplied with weights`(level: String) throws {
        let width = QuantizedRows.width(Self.width), size = 16 * width
        let shape = CodeShape(embedDim: Self.width, numbers: width, blockBytes: size)
        var high = bytes(blocks * size)
        for i in 0..<200 { high[17 * i] = 0x80 }
        let weights = random(vectors.count, 6), offsets = random(Self.queryCount, 7)
        func queries(_ range: Range<Int>) -> CodedQueries {
            let some = Array(weights[range.lowerBound * Self.width..<range.upperBound * Self.width])
            return CodedQueries(vectors(range), weights: some, offsets: Array(offsets[range]), shape: shape)
        }
        let all = queries(0..<Self.queryCount)
        try check(level, shape, .bytes, queries, high: high) { row, query in
            let place = place(of: row)
            var sum: Int32 = 0
            for i in 0..<width {
                let code = Int8(bitPattern: high[place.block * size + i / 4 * 64 + place.row * 4 + i % 4])
                sum += Int32(all.weights.bytes[query * width + i]) * Int32(code)
            }
            return (base(all, query, place.list) + offsets[query]).addingProduct(
                Float(sum), all.weights.scales[query])
        }
    }

    /// Queries with tables by lot; those of query 0 are as large as they can be.
    private func tableQueries(_ shape: CodeShape) -> (Range<Int>) -> CodedQueries {
        let floats = random(16 * shape.highDim * Self.queryCount, 8)
        var largest = SIMD16<Float>(repeating: 1)
        largest[0] = 0
        let first = [SIMD16<Float>](repeating: largest, count: shape.highDim)
        let others = (shape.highDim..<shape.highDim * Self.queryCount).map { SIMD16(floats[16 * $0..<16 * $0 + 16]) }
        let all = first + others
        return { range in
            let some = vectors(range)
            let tables = Array(all[range.lowerBound * shape.highDim..<range.upperBound * shape.highDim])
            return CodedQueries(
                some, QuantizedRows(some.span, columns: Self.width), tables: CodeTables(tables, numbers: shape.highDim),
                shape: shape)
        }
    }

    /// `Σ table[code]` of a row.
    private func sum(_ high: [UInt8], _ shape: CodeShape, _ queries: CodedQueries, _ row: Int, _ query: Int) -> Float {
        let place = place(of: row)
        var sum = 0
        for number in 0..<shape.highDim {
            let byte = high[place.block * shape.blockBytes + number / 8 * 64 + number % 4 * 16 + place.row]
            let code = Int(number % 8 < 4 ? byte & 15 : byte >> 4)
            sum += Int(queries.tables.bytes[(query * shape.highDim + number) * 16 + code])
        }
        return Float(sum)
    }

    @Test(arguments: InstructionLevel.available)
    func `codes of 4 bits are looked up in tables`(level: String) throws {
        let shape = CodeShape(embedDim: Self.width, numbers: 256, blockBytes: 8 * 256)
        let high = bytes(blocks * shape.blockBytes).map { $0 | 0x11 }, queries = tableQueries(shape)
        let all = queries(0..<Self.queryCount)
        try check(level, shape, .tables, queries, high: high) { row, query in
            (base(all, query, place(of: row).list) + all.offsets[query]).addingProduct(
                sum(high, shape, all, row, query), all.tables.scales[query])
        }
        #expect(sum(high, shape, all, 0, 0) == 65_280)
    }

    /// Codes with a factor and a bound for each row.
    private func bounded(_ shape: CodeShape) -> [UInt8] {
        var high = bytes(blocks * shape.blockBytes)
        let floats = random(32 * blocks, 9)
        for block in 0..<blocks {
            for i in 0..<32 {
                let bits = abs(floats[32 * block + i]).bitPattern
                let place = block * shape.blockBytes + 8 * shape.highDim + 4 * i
                for byte in 0..<4 { high[place + byte] = UInt8(truncatingIfNeeded: bits >> UInt32(8 * byte)) }
            }
        }
        return high
    }

    private func bound(_ high: [UInt8], _ shape: CodeShape, _ all: CodedQueries, _ row: Int, _ query: Int) -> Float {
        let place = place(of: row)
        func float(_ number: Int) -> Float {
            let start = place.block * shape.blockBytes + 8 * shape.highDim + 64 * number + 4 * place.row
            return Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(high[start + $1]) << UInt32(8 * $1) })
        }
        let product = all.offsets[query].addingProduct(
            sum(high, shape, all, row, query), all.tables.scales[query])
        return base(all, query, place.list).addingProduct(float(0), product).addingProduct(
            float(1), all.lengths[query])
    }

    private let boundShape = CodeShape(embedDim: width, numbers: 24, blockBytes: 8 * 24 + 128)

    @Test(arguments: InstructionLevel.available)
    func `codes with a factor and a bound are scored by the upper bound`(level: String) throws {
        let high = bounded(boundShape), queries = tableQueries(boundShape), all = queries(0..<Self.queryCount)
        try check(level, boundShape, .bounds, queries, high: high) { row, query in
            bound(high, boundShape, all, row, query)
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `rows are compared from the largest bound on, until no bound reaches the best`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level }).search
        let high = bounded(boundShape), queries = tableQueries(boundShape)(0..<Self.queryCount)
        let scanner = ListScanner(boundShape, .bounds, means: means, rowStarts: starts, loops: set)
        let products = halves.read { halfProducts($0, vectors.span, width: Self.width) }
        let before = high.read { high in
            scanner.candidates(
                of: queries, ListVisits(all: lengths.count, queries: Self.queryCount), high: high, low: RawSpan(),
                kept: 60)
        }
        var dropped = 0
        for wanted in [1, 10, 100] {
            var found = before
            halves.read { scanner.score(&found, queries, halves: $0, wanted: wanted) }
            for query in 0..<Self.queryCount {
                let candidates = (0..<before.count(of: query)).map { before.candidate($0, of: query) }
                var expected: [(row: Int, score: Float)] = []
                for (row, bound) in candidates.sorted(by: {
                    $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row
                }) {
                    let best = expected.map(\.score).sorted(by: >)
                    guard best.count < wanted || bound >= best[wanted - 1] else { break }
                    expected.append((row, products[row * Self.queryCount + query]))
                }
                let got = (0..<found.count(of: query)).map { found.candidate($0, of: query) }
                #expect(got.map(\.row) == expected.map(\.row) && got.map(\.score) == expected.map(\.score))
                dropped += candidates.count - got.count
            }
        }
        #expect(dropped > 0)
    }

    @Test(arguments: InstructionLevel.available)
    func `tables become bytes whose sums fit 16 bits`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level }).search
        for count in [1, 8, 96, 256, 1000] {
            let tables = random(16 * count, 10), all = 0..<count
            var found = [UInt8](repeating: 0, count: 16 * count)
            let made = unsafe set.quantizeTables(count, tables, &found)
            let rows = all.map { tables[16 * $0..<16 * $0 + 16] }
            let least = rows.map { $0.min() ?? 0 }, spans = zip(rows, least).map { ($0.max() ?? 0) - $1 }
            let scale = max((spans.max() ?? 0) / 255, spans.reduce(0, +) / (65_535 - Float(count)))
            #expect(made == (scale, least.reduce(0, +)))
            for (m, row) in rows.enumerated() {
                let bytes = row.map { UInt8(min(255, (($0 - least[m]) * (1 / scale)).rounded(.toNearestOrEven))) }
                #expect(Array(found[16 * m..<16 * m + 16]) == bytes)
            }
            #expect(all.reduce(0) { $0 + Int(found[16 * $1..<16 * $1 + 16].max() ?? 0) } < 65_536)
        }
        var none = [UInt8](repeating: 7, count: 16)
        #expect(unsafe set.quantizeTables(1, [Float](repeating: 2, count: 16), &none) == (0, 2))
        #expect(none.allSatisfy { $0 == 0 })
    }
}
