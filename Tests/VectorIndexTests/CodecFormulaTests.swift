import Kernels
import Tensors
import Testing

@testable import VectorIndex

/// What codes stand for, and what is estimated with them, by the formulas of their sources.
@Suite struct CodecFormulaTests {
    private static let width = 50, count = 700
    /// Residuals whose dimensions vary unequally, and unit queries.
    private let residuals: [Float], queries: [Float]

    init() {
        var luck = SeededRandom(seed: 41, purpose: .test)
        residuals = (0..<Self.count * Self.width).map { 0.2 * luck.normal() / (1 + Float($0 % Self.width) / 20) }
        queries = unitLength((0..<9 * Self.width).map { _ in luck.normal() }, width: Self.width)
    }

    private func query(_ number: Int) -> ArraySlice<Float> { queries[number * Self.width..<(number + 1) * Self.width] }
    private func residual(_ row: Int) -> ArraySlice<Float> { residuals[row * Self.width..<(row + 1) * Self.width] }
    private func dot(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The scores of all rows for every query, in one list whose mean is zero: `[queries][rows]`.
    private func scores(_ codec: some ListCodec, _ coded: CodedQueries) -> [[Float]] {
        let codes = codec.codes(residuals, lengths: [Self.count])
        let means = QuantizedRows([Float](repeating: 0, count: Self.width).span, columns: Self.width)
        let scanner = ListScanner(
            codec.shape, type(of: codec).scoring, means: means, rowStarts: [0, Self.count])
        let found = codes.high.read { high in
            scanner.candidates(
                of: coded, ListVisits(all: 1, queries: coded.count), high: high, low: RawSpan(), kept: Self.count)
        }
        return (0..<coded.count).map { query in
            var scores = [Float](repeating: 0, count: Self.count)
            for number in 0..<found.count(of: query) {
                let (row, score) = found.candidate(number, of: query)
                scores[row] = score
            }
            return scores
        }
    }

    @Test func `a byte stands for what FAISS says, and products for those with it`() {
        let codec = ScalarCodec(embedDim: Self.width, residuals: residuals, queries: [])
        for i in 0..<Self.width {
            let column = (0..<Self.count).map { residuals[$0 * Self.width + i] }, least = column.min() ?? 0
            let span = (column.max() ?? 0) - least
            #expect(codec.least[i] == least && codec.span[i] == span)
            #expect(codec.byte(least, i) == 0 && codec.byte(least + span, i) == 255 && codec.byte(9, i) == 255)
            #expect(codec.byte(least + span * 100.5 / 255, i) == 100)
        }
        let coded = codec.coded(queries), scores = scores(codec, coded)
        for row in 0..<Self.count {
            let bytes = residual(row).enumerated().map { codec.byte($1, $0) }
            let decoded = bytes.enumerated().map { codec.least[$0] + codec.span[$0] * (Float($1) + 0.5) / 255 }
            let sum = bytes.reduce(Float(0)) { $0 + abs(Float($1) - 128) }
            for q in 0..<9 {
                // Weights are bytes too: each may be half a unit off.
                let error = 0.5 * coded.weights.scales[q] * sum + 1e-5
                #expect(abs(scores[q][row] - dot(query(q), decoded)) <= error)
            }
        }
    }

    @Test func `a number stands for the nearest centroid, and products for those with centroids`() {
        let codec = ProductCodec<4>(embedDim: Self.width, residuals: residuals, queries: [])
        let numbers = codec.numbers(of: residuals), count = codec.shape.highDim
        let coded = codec.coded(queries), scores = scores(codec, coded)
        #expect(count == 16)
        for row in 0..<Self.count {
            var decoded: [Float] = []
            for number in 0..<13 {
                let own = residual(row).dropFirst(4 * number).prefix(4)
                func distance(_ c: Int) -> Float {
                    own.enumerated().reduce(0) { sum, x in
                        let difference = x.element - codec.centroids[4 * number + x.offset][c]
                        return sum + difference * difference
                    }
                }
                let chosen = Int(numbers[row * count + number])
                #expect(distance(chosen) <= ((0..<16).map(distance).min() ?? 0) * 1.0001)
                decoded += own.indices.enumerated().map { codec.centroids[4 * number + $0.offset][chosen] }
            }
            for q in 0..<9 {
                let error = 0.5 * coded.tables.scales[q] * Float(count) + 1e-5
                #expect(abs(scores[q][row] - dot(query(q), decoded)) <= error)
            }
        }
    }

    @Test func `centroids leave less of the residuals than fewer dimensions a number would allow`() {
        func rest(_ codec: some ListCodec, _ decode: (Int, Int) -> Float) -> Float {
            residuals.indices.reduce(0) { sum, i in
                let difference = residuals[i] - decode(i / Self.width, i % Self.width)
                return sum + difference * difference
            }
        }
        let fine = ProductCodec<2>(embedDim: Self.width, residuals: residuals, queries: [])
        let coarse = ProductCodec<4>(embedDim: Self.width, residuals: residuals, queries: [])
        let all = residuals.reduce(0) { $0 + $1 * $1 }
        let a = fine.numbers(of: residuals), b = coarse.numbers(of: residuals)
        let left = rest(fine) { row, i in fine.centroids[i][Int(a[row * fine.shape.highDim + i / 2])] }
        let more = rest(coarse) { row, i in coarse.centroids[i][Int(b[row * coarse.shape.highDim + i / 4])] }
        // Of 2 bits a dimension at best 1/16 of normal numbers is left, of 1 bit 1/4.
        #expect(left > all / 16 && left < all / 6 && more > all / 4 && more < all / 2)
    }

    @Test func `RaBitQ estimates without bias, and its bound holds as often as it says`() {
        let codec = RaBitQCodec(embedDim: Self.width, residuals: residuals, queries: [])
        let coded = codec.coded(queries), bounds = scores(codec, coded), bits = 64
        var errors: [Float] = [], held = 0
        for row in 0..<Self.count {
            // The definition, from the turned residual and the turned query.
            let turned = (0..<bits).map { dot(codec.floats[$0 * Self.width..<($0 + 1) * Self.width], residual(row)) }
            let length = dot(turned, turned).squareRoot(), root = Float(bits).squareRoot()
            let cosine = turned.reduce(0) { $0 + abs($1) } / (root * length)
            for q in 0..<9 {
                let other = (0..<bits).map { dot(codec.floats[$0 * Self.width..<($0 + 1) * Self.width], query(q)) }
                let signs = turned.map { $0 > 0 ? 1 / root : -1 / root }
                let estimate = length * dot(signs, other) / cosine
                let bound =
                    length * ((1 - cosine * cosine) / (cosine * cosine)).squareRoot() * 1.9 / Float(63).squareRoot()
                let right = dot(query(q), residual(row))
                #expect(abs(bounds[q][row] - (estimate + bound)) < 0.02 * length)
                errors.append((estimate - right) / length)
                if estimate + bound >= right { held += 1 }
            }
        }
        let count = Float(errors.count), mean = errors.reduce(0, +) / count
        let deviation = (errors.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
        #expect(abs(mean) < 0.1 * deviation && deviation < 0.2)
        #expect(Float(held) >= 0.95 * count)
    }
}
