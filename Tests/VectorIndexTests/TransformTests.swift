import Failures
import Foundation
import Kernels
import Tensors
import Testing

@testable import VectorIndex

/// What NumPy says; `scripts/golden/evaluation.py` wrote it and says what each name means.
private struct Golden: Decodable {
    var whitening: Whitening

    struct Whitening: Decodable {
        var embedDim, outputDim: Int, rows, whitened, principal: [Float]
    }

    init() throws {
        let path = #filePath.replacing("VectorIndexTests/TransformTests.swift", with: "Fixtures/golden/evaluation.json")
        self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: path)))
    }
}

@Suite(.serialized) struct TransformTests {
    private func fitted(_ text: String, on rows: [Float], embedDim: Int) throws -> FittedTransform {
        var fitting = try FittingRows(rows, embedDim: embedDim, named: "rows")
        let choice = try #require(TransformChoice(text))
        return try choice.transform(embedDim: embedDim, seed: 3).fit(on: &fitting)
    }

    private func cosine(_ rows: [Float], _ i: Int, _ j: Int, _ width: Int) -> Float {
        let a = Array(rows[i * width..<(i + 1) * width]), b = Array(rows[j * width..<(j + 1) * width])
        return dot(a.span, b.span) / (dot(a.span, a.span) * dot(b.span, b.span)).squareRoot()
    }

    @Test func `whitening and principal components are those of NumPy`() throws {
        let golden = try Golden().whitening
        for (name, expected) in [("whiten", golden.whitened), ("pca", golden.principal)] {
            let transform = try fitted("\(name):\(golden.outputDim)", on: golden.rows, embedDim: golden.embedDim)
            let made = transform.apply(to: golden.rows.span, normalized: false)
            #expect(made.count == expected.count)
            for (a, b) in zip(made, expected) { #expect(abs(a - b) < 1e-4 * max(1, abs(b)), "\(name)") }
        }
    }

    @Test(arguments: ["whiten:10", "whiten:4", "zca"]) func `whitened rows have no mean and the identity as covariance`(
        name: String
    ) throws {
        let rows = cloud(400, embedDim: 10, centres: 3, seed: 1), transform = try fitted(name, on: rows, embedDim: 10)
        let made = transform.apply(to: rows.span, normalized: false), width = transform.outputDim
        let mean = columnMeans(made.span, width: width), spread = covariance(of: made.span, width: width, around: mean)
        #expect(mean.allSatisfy { abs($0) < 1e-4 })
        for i in spread.indices { #expect(abs(spread[i] - (i / width == i % width ? 1 : 0)) < 1e-3) }
    }

    @Test func `ZCA is symmetric, and turns rows less than any other whitening`() throws {
        let rows = cloud(300, embedDim: 8, centres: 5, seed: 2)
        let zca = try fitted("zca", on: rows, embedDim: 8), whiten = try fitted("whiten", on: rows, embedDim: 8)
        for i in 0..<64 { #expect(abs(zca.matrix[i] - zca.matrix[i % 8 * 8 + i / 8]) < 1e-4) }
        let traces = [zca, whiten].map { transform in (0..<8).reduce(Float(0)) { $0 + transform.matrix[9 * $1] } }
        #expect(traces[0] > traces[1])
    }

    @Test(arguments: ["none", "rotate"]) func `cosines stay where nothing or all is turned`(name: String) throws {
        let rows = cloud(20, embedDim: 24, centres: 3, seed: 4), transform = try fitted(name, on: rows, embedDim: 24)
        let made = transform.apply(to: rows.span)
        #expect((name == "none") == (made == rows) || name == "none")
        for i in 0..<20 { for j in 0..<i { #expect(abs(cosine(made, i, j, 24) - cosine(rows, i, j, 24)) < 1e-5) } }
    }

    @Test(arguments: ["gaussian", "rademacher", "sparse"])
    func `projections keep every squared distance within the bound`(name: String) throws {
        let count = 30, rows = cloud(count, embedDim: 300, centres: 4, seed: 6)
        let transform = try fitted("\(name):200", on: rows, embedDim: 300)
        let made = transform.apply(to: rows.span, normalized: false)
        let bound = try #require(
            TransformChoice(name)?.type.distortionBound(vectors: count, outputDim: transform.outputDim))
        #expect(bound > 0.3 && bound < 0.7)
        var ratios: [Double] = []
        func distance(_ rows: [Float], _ i: Int, _ j: Int, _ width: Int) -> Double {
            (0..<width).reduce(0) { $0 + pow(Double(rows[i * width + $1] - rows[j * width + $1]), 2) }
        }
        for i in 0..<count { for j in 0..<i { ratios.append(distance(made, i, j, 200) / distance(rows, i, j, 300)) } }
        #expect(ratios.allSatisfy { abs($0 - 1) < bound })
        #expect(abs(ratios.reduce(0, +) / Double(ratios.count) - 1) < 0.1)
    }

    @Test func `the bound is the theorem's, and nothing is promised for too few dimensions`() throws {
        let e = try #require(johnsonLindenstraussBound(vectors: 10_000, outputDim: 1_000))
        #expect(abs(4 * log(10_000) / (e * e / 2 - e * e * e / 3) - 1_000) < 1e-6)
        #expect(johnsonLindenstraussBound(vectors: 10_000, outputDim: 200) == nil)
        #expect(johnsonLindenstraussBound(vectors: 1, outputDim: 2) == 0)
        #expect(Whitening.distortionBound(vectors: 10, outputDim: 100) == nil)
    }

    @Test func `a prefix is the first numbers, divided by their length`() throws {
        let rows: [Float] = [3, 4, 12, 0, 0, 5]
        let transform = try fitted("prefix:2", on: rows, embedDim: 3)
        #expect(transform.apply(to: rows.span, normalized: false) == [3, 4, 0, 0])
        #expect(transform.apply(to: rows.span) == [0.6, 0.8, 0, 0])
    }

    @Test func `the mean is taken off`() throws {
        let rows: [Float] = [1, 5, 3, 7]
        let made = try fitted("mean", on: rows, embedDim: 2).apply(to: rows.span, normalized: false)
        #expect(made == [-1, -1, 1, 1])
    }

    @Test(arguments: embeddingTransforms.map { $0.name })
    func `a row's bits depend on no other row and on no number of threads`(name: String) throws {
        let before = threadCount
        defer { setThreadCount(before) }
        let rows = cloud(60, embedDim: 12, centres: 4, seed: 7)
        let made = try [1, 5].map { threads in
            setThreadCount(threads)
            return try fitted(name, on: rows, embedDim: 12).apply(to: rows.span)
        }
        #expect(made[0] == made[1])
        let transform = try fitted(name, on: rows, embedDim: 12)
        for row in [0, 31, 59] {
            let alone = transform.apply(to: rows.span.extracting(row * 12..<(row + 1) * 12))
            #expect(alone == Array(made[0][row * 12..<(row + 1) * 12]))
        }
    }

    @Test func `what the rows cannot tell is refused`() throws {
        let rows = cloud(5, embedDim: 12, centres: 2, seed: 8)
        let cases = [
            ("whiten:6", "5 vectors vary in 4 directions"), ("pca:13", "the embeddings have 12 dimensions"),
            ("zca:6", "zca keeps all 12 dimensions"),
        ]
        for (name, why) in cases {
            let failure = #expect(throws: Failure.self) { try fitted(name, on: rows, embedDim: 12) }
            #expect(failure?.kind == .badSettings && failure?.why == why)
        }
        let same = [Float](repeating: 1, count: 24)
        #expect(throws: Failure.self) { try fitted("zca", on: same, embedDim: 12) }
        let bad = #expect(throws: Failure.self) { try FittingRows([1, 2, .nan, 4], embedDim: 2, named: "x.npy") }
        #expect(bad?.kind == .badData && bad?.why == "row 1 holds nan, counted from 0")
        #expect(throws: Failure.self) { try FittingRows([], embedDim: 2, named: "x.npy") }
    }

    @Test(arguments: ["", "whiten:", "whiten:0", "whiten:-1", "whiten:x", "whiten:1:2", "bleach", ":4"])
    func `what names no transform is none`(text: String) { #expect(TransformChoice(text) == nil) }

    @Test func `the usual transforms can be had of embeddings of any length`() throws {
        for width in [1, 2, 7, 64] {
            for choice in TransformChoice.usual(embedDim: width) {
                #expect(try choice.transform(embedDim: width, seed: 0).outputDim <= width)
                #expect(TransformChoice("\(choice)")?.outputDim == choice.outputDim)
            }
        }
    }
}
