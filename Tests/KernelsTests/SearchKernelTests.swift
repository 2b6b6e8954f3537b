import KernelInterface
import Processor
import Tensors
import Testing

@testable import Kernels

/// Loops over bytes, codes and half-precision floats against the plain definition, at every level: the same bits.
@Suite struct SearchKernelTests {
    private func loops(_ level: String) throws -> SearchKernels {
        try #require(InstructionLevel.kernelSets.first { $0.name == level }).search
    }

    private func bytes(_ count: Int, _ item: Int, _ range: ClosedRange<Int> = -127...127) -> [Int8] {
        var random = SeededRandom(seed: 9, purpose: .test, item: item)
        return (0..<count).map { _ in Int8(range.lowerBound + random.index(below: range.count)) }
    }

    private func dot(_ a: some Collection<Int8>, _ b: some Collection<Int8>) -> Int32 {
        zip(a, b).reduce(0) { $0 + Int32($1.0) * Int32($1.1) }
    }

    @Test(arguments: InstructionLevel.available)
    func `products of rows and panels of bytes are those of the definition`(level: String) throws {
        let set = try loops(level)
        for (rows, panels, width) in [(1, 1, 4), (5, 3, 20), (6, 4, 64), (13, 9, 96), (7, 2, 512)] {
            var q = bytes(rows * width, 1), vectors = bytes(panels * 16 * width, 2)
            for i in 0..<width { (q[i], vectors[i * 16]) = (-127, -127) }
            let totals = (0..<rows).map { r in q[r * width..<(r + 1) * width].reduce(Int32(0)) { $0 + Int32($1) } }
            let scales = random(16 * panels, 3)
            var found = [Float](repeating: 0, count: rows * 16 * panels)
            unsafe found.withUnsafeMutableBufferPointer { out in
                unsafe set.byteProduct(
                    ByteProduct(
                        rows: rows, panels: panels, width: width, bytes: q, totals: totals, vectors: vectors,
                        scales: scales, out: out.baseAddress.unsafelyUnwrapped, outRow: 16 * panels))
            }
            for r in 0..<rows {
                for v in 0..<16 * panels {
                    let vector = (0..<width).map { k in
                        vectors[((v / 16 * (width / 4) + k / 4) * 16 + v % 16) * 4 + k % 4]
                    }
                    let expected = Float(dot(q[r * width..<(r + 1) * width], vector)) * scales[v]
                    #expect(found[r * 16 * panels + v] == expected, "\(rows) × \(panels) × \(width): \(r), \(v)")
                }
            }
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `a product of two rows of bytes is that of the definition`(level: String) throws {
        let set = try loops(level)
        for count in [1, 16, 63, 64, 100, 512, 768] {
            let a = bytes(count, 4), b = bytes(count, 5), total = b.reduce(Int32(0)) { $0 + Int32($1) }
            #expect(unsafe set.byteDot(count, a, b, total) == dot(a, b), "\(count)")
            let least = [Int8](repeating: -127, count: count)
            #expect(unsafe set.byteDot(count, least, least, -127 * Int32(count)) == 16_129 * Int32(count))
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `packed and spread codes have the sums and masks of the definition`(level: String) throws {
        let set = try loops(level)
        for (rows, blocks, width) in [(1, 1, 8), (6, 4, 96), (3, 2, 64), (5, 3, 40), (6, 1, 128)] {
            let q = bytes(rows * width, 6), codes = bytes(blocks * 16 * width, 7, 0...15)  // [blocks, 16, width]
            var packed = [Int8](repeating: 0, count: blocks * 8 * width)
            for block in 0..<blocks {
                for v in 0..<16 {
                    for k in 0..<width {
                        let place = ((block * (width / 8) + k / 8) * 16 + v) * 4 + k % 4
                        packed[place] |= codes[(block * 16 + v) * width + k] << (k % 8 < 4 ? 0 : 4)
                    }
                }
            }
            var spread = [Int8](repeating: 0, count: blocks * 16 * width)
            unsafe set.spreadCodes(blocks * width / 8, packed, &spread)
            let thresholds = (0..<6).map { Int32(200 * $0) }
            var sums = [Int32](repeating: 0, count: 384), masks = [UInt64](repeating: 0, count: 6)
            func check(_ rows: Int, _ name: String) {
                for r in 0..<rows {
                    for v in 0..<16 * blocks {
                        let expected = dot(q[r * width..<(r + 1) * width], codes[v * width..<(v + 1) * width])
                        #expect(sums[64 * r + v] == expected, "\(name) \(r), \(v)")
                        #expect((masks[r] >> UInt64(v) & 1 == 1) == (expected >= thresholds[r]), "\(name) \(r), \(v)")
                    }
                }
            }
            unsafe set.scanSpreadCodes(
                CodeScan(
                    rows: rows, blocks: blocks, width: width, bytes: q, codes: spread, thresholds: thresholds,
                    sums: &sums, masks: &masks))
            check(rows, "spread")
            unsafe set.scanPackedCodes(
                CodeScan(
                    rows: 1, blocks: blocks, width: width, bytes: q, codes: packed, thresholds: thresholds, sums: &sums,
                    masks: &masks))
            check(1, "packed")
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `a code in a row of its own has the sum of the definition`(level: String) throws {
        let set = try loops(level)
        for count in [16, 32, 48, 64] {
            let row = bytes(2 * count, 8), numbers = bytes(2 * count, 9, 0...15)
            let code = (0..<count).map { numbers[$0] | numbers[count + $0] << 4 }
            #expect(unsafe set.codeDot(count, code, row) == dot(row, numbers))
        }
    }

    @Test(arguments: InstructionLevel.available)
    func `a row becomes the nearest bytes, halves to the even one`(level: String) throws {
        let set = try loops(level)
        for count in [1, 15, 16, 37, 512] {
            var x = random(count, 10)
            x[0] = 127
            if count > 3 { (x[1], x[2], x[3]) = (2.5, -3.5, 126.5) }
            var found = [Int8](repeating: 0, count: count)
            let (scale, total) = unsafe set.quantize(count, x, &found)
            let expected = x.map { Int8($0.rounded(.toNearestOrEven)) }
            #expect(found == expected && scale == 1)
            #expect(total == expected.reduce(Int32(0)) { $0 + Int32($1) })
        }
        var none = [Int8](repeating: 1, count: 20)
        #expect(unsafe set.quantize(20, [Float](repeating: 0, count: 20), &none) == (0, 0))
        #expect(none.allSatisfy { $0 == 0 })
    }

    @Test(arguments: InstructionLevel.available)
    func `places and the greatest float are those of the definition`(level: String) throws {
        let set = try loops(level)
        for count in [1, 5, 16, 40, 100] {
            let x = random(count, 11).map { ($0 * 8).rounded() / 8 }
            var places = [Int32](repeating: -1, count: count)
            let found = unsafe set.places(count, x, 0.25, &places)
            #expect(places[..<found].elementsEqual(x.indices.filter { x[$0] >= 0.25 }.map { Int32($0) }))
            let most = x.max() ?? 0, greatest = unsafe set.greatest(count, x)
            #expect(greatest == (x.firstIndex(of: most) ?? 0, most))
        }
    }

    /// `halfDot` by its definition: 32 interleaved sums that are folded in halves, and one for the rest.
    private func halfDot(_ x: [Float], _ q: some Collection<Float>) -> Float {
        let q = Array(q), whole = x.count / 32 * 32
        var sums = [Float](repeating: 0, count: 32), rest: Float = 0
        for i in 0..<whole { sums[i % 32] = sums[i % 32].addingProduct(x[i], q[i]) }
        for i in whole..<x.count { rest = rest.addingProduct(x[i], q[i]) }
        for half in [16, 8, 4, 2, 1] { for i in 0..<half { sums[i] += sums[half + i] } }
        return sums[0] + rest
    }

    @Test(arguments: InstructionLevel.available)
    func `half-precision floats are the nearest, and their products those of the definition`(level: String) throws {
        let set = try loops(level)
        for count in [1, 16, 31, 32, 77, 512] {
            var x = random(count, 12)
            x[0] = 1e-7
            var halves = [UInt16](repeating: 0, count: count)
            unsafe set.halve(count, x, &halves)
            #expect(halves == x.map { Float16($0).bitPattern })
            var wide = [Float](repeating: 0, count: count)
            unsafe set.widen(count, halves, &wide)
            #expect(wide == x.map { Float(Float16($0)) })
            let q = random(4 * count, 13)
            var four = [Float](repeating: 0, count: 4)
            unsafe set.halfDots(count, halves, q, &four)
            for r in 0..<4 {
                let expected = halfDot(wide, q[r * count..<(r + 1) * count])
                #expect(four[r] == expected, "\(count)")
                #expect(unsafe set.halfDot(count, halves, Array(q[r * count..<(r + 1) * count])) == expected)
            }
        }
    }
}
