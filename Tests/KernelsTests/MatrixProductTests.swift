import Foundation
import KernelInterface
import Processor
import Tensors
import Testing

@testable import Kernels

/// Sizes with every sort of edge: below a tile, off a tile, off a panel, beyond an inner block.
private let sizes = [(1, 1, 1), (5, 7, 3), (6, 16, 8), (13, 70, 65), (97, 33, 300), (400, 20, 10)]

@Suite(.serialized) struct MatrixProductTests {
    @Test(arguments: InstructionLevel.available)
    func `a product agrees with the definition at every level`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level })
        for (m, n, k) in sizes {
            let a = random(m * k, 1), b = random(k * n, 2)
            var c = random(m * n, 3)
            var expected = c
            for i in 0..<m {
                for j in 0..<n {
                    for p in 0..<k { expected[i * n + j] += a[i * k + p] * b[j * k + p] }
                }
            }
            var out = c.mutableSpan
            set.linearInputGradient(
                LinearShape(rows: m, inputs: n, outputs: k), a.span, transposed(b, n, k).span, into: &out)
            #expect(difference(c, expected) < 1e-4, "\(m) × \(n) × \(k)")
        }
    }

    @Test func `a packed weight gives the same bits, at the level in use`() {
        for (m, n, k) in sizes {
            let x = random(m * k, 1), weight = random(n * k, 2), bias = random(n, 3)
            let packed = PackedMatrix(weight: weight.span, outputs: n, inputs: k)
            let shape = LinearShape(rows: m, inputs: k, outputs: n)
            func linear(_ packed: PackedMatrix?) -> [Float] {
                var y = [Float](repeating: 0, count: m * n), sums = y
                var out = y.mutableSpan, before = sums.mutableSpan
                kernels.linear(
                    shape, x.span, weight.span, packed: packed, bias: bias.span, activation: .gelu, residual: Span(),
                    into: &out, sums: &before)
                return y + sums
            }
            #expect(linear(packed) == linear(nil), "\(m) × \(n) × \(k)")
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `a transposed product and its column sums agree with the definition`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level })
        for (m, n, k) in sizes + [(100, 40, 700)] {
            let dy = random(k * m, 1), x = random(k * n, 2)
            var dw = random(m * n, 4), db = random(m, 5)
            var expectedW = dw, expectedB = db
            for i in 0..<m {
                for p in 0..<k {
                    expectedB[i] += dy[p * m + i]
                    for j in 0..<n { expectedW[i * n + j] += dy[p * m + i] * x[p * n + j] }
                }
            }
            var out = dw.mutableSpan, sums = db.mutableSpan
            set.linearWeightGradient(
                LinearShape(rows: k, inputs: n, outputs: m), dy.span, x.span, into: &out, bias: &sums)
            #expect(difference(dw, expectedW) < 1e-3, "\(m) × \(n) × \(k)")
            #expect(difference(db, expectedB) < 1e-3)
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `a column has the same bits whatever stands beside it`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level })
        let (m, k, all) = (7, 700, 37), a = random(m * k, 1), b = random(k * all, 2)
        func product(columns n: Int) -> [Float] {
            var c = random(m, 3).flatMap { [Float](repeating: $0, count: n) }, out = c.mutableSpan
            let shape = LinearShape(rows: m, inputs: n, outputs: k)
            let left = (0..<k).flatMap { b[$0 * all..<$0 * all + n] }
            set.linearInputGradient(shape, a.span, left.span, into: &out)
            return c
        }
        let whole = product(columns: all)
        for n in 1..<all {
            let part = product(columns: n)
            #expect((0..<m).allSatisfy { part[$0 * n..<($0 + 1) * n] == whole[$0 * all..<$0 * all + n] }, "\(n)")
        }
    }

    /// Linear layers with everything that may follow, on `threads` threads.
    private func linear(rows m: Int, columns n: Int, inner k: Int, from first: Int = 0, threads: Int) -> [Float] {
        let before = threadCount
        setThreadCount(threads)
        defer { setThreadCount(before) }
        let x = random(400 * k, 1)[first * k..<(first + m) * k], residual = random(400 * n, 4)
        let weight = random(n * k, 2), bias = random(n, 3)
        var y = [Float](repeating: 0, count: m * n), sums = y
        var out = y.mutableSpan, left = sums.mutableSpan
        kernels.linear(
            LinearShape(rows: m, inputs: k, outputs: n), Array(x).span, weight.span, bias: bias.span, activation: .gelu,
            residual: Array(residual[first * n..<(first + m) * n]).span, into: &out, sums: &left)
        return y + sums
    }

    @Test(.serialized, arguments: [1, 5, 30, 383, 384, 400])
    func `a linear layer has the same bits for any threads, and a row whatever stands beside it`(m: Int) {
        let n = 3 * kernels.panelWidth + 5, k = 300
        let whole = linear(rows: m, columns: n, inner: k, threads: 1)
        for threads in [2, 7] { #expect(linear(rows: m, columns: n, inner: k, threads: threads) == whole) }
        let alone = linear(rows: 1, columns: n, inner: k, from: m - 1, threads: 2)
        #expect(alone[..<n].elementsEqual(whole[(m - 1) * n..<m * n]))
        #expect(alone[n...].elementsEqual(whole[(2 * m - 1) * n..<2 * m * n]))
    }

    @Test(arguments: InstructionLevel.available)
    func `GELU and its slope hold for any number`(level: String) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level })
        let x: [Float] = [0, 0.5, -0.5, 3, -3, 5.5, -5.5, 5.6, -5.6, 6, -6, 50, -50, 1e4, -1e4]
        let one: [Float] = [1]
        var y = x, sums = x, slope = [Float](repeating: 1, count: x.count)
        var out = y.mutableSpan, before = sums.mutableSpan, derivative = slope.mutableSpan
        set.linear(
            LinearShape(rows: x.count, inputs: 1, outputs: 1), x.span, one.span, bias: Span(), activation: .gelu,
            residual: Span(), into: &out, sums: &before)
        #expect(sums == x)
        set.activationGradient(.gelu, width: 1, sums: sums.span, &derivative)
        for (i, u) in x.enumerated() {
            let share = 0.5 * erfc(-Double(u) / 2.0.squareRoot())
            let density = exp(-0.5 * Double(u) * Double(u)) / (2 * Double.pi).squareRoot()
            #expect(abs(Double(y[i]) - Double(u) * share) < 2e-7 * max(1, abs(Double(u))), "\(u)")
            #expect(abs(Double(slope[i]) - share - Double(u) * density) < 5e-7, "\(u)")
        }
    }

    @Test func `both sides may be transposed`() {
        let (m, n, k) = (9, 21, 30), a = random(m * k, 1), b = random(k * n, 2)
        var plain = [Float](repeating: 0, count: m * n), other = plain
        var out = plain.mutableSpan
        matrixProduct(a.span, b.span, rows: m, columns: n, inner: k, into: &out)
        var out2 = other.mutableSpan
        matrixProduct(
            transposed(a, m, k).span, transposed(b, k, n).span, transposingLeft: true, transposingRight: true, rows: m,
            columns: n, inner: k, into: &out2)
        #expect(difference(plain, other) < 1e-5)
        #expect(plain.contains { $0 != 0 })
    }
}

func random(_ count: Int, _ item: Int) -> [Float] {
    var random = SeededRandom(seed: 7, purpose: .test, item: item)
    return (0..<count).map { _ in random.uniform(in: -1...1) }
}

func transposed(_ x: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    (0..<rows * columns).map { x[$0 % rows * columns + $0 / rows] }
}

func difference(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }
