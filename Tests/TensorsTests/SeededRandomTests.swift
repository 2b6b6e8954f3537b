import Testing

@testable import Tensors

@Suite struct SeededRandomTests {
    @Test func `Philox gives the published numbers`() {
        // Random123's known answers for philox4x32-10: zero, all ones, digits of pi.
        #expect(SeededRandom.philox(.zero, .zero) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = UInt32.max
        #expect(
            SeededRandom.philox(SIMD4(repeating: ones), SIMD2(repeating: ones))
                == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            SeededRandom.philox(
                SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0))
                == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func `purpose, epoch and item each make another stream`() {
        func first(_ purpose: SeededRandom.Purpose, _ epoch: Int, _ item: Int) -> UInt64 {
            var random = SeededRandom(seed: 1, purpose: purpose, epoch: epoch, item: item)
            return random.next()
        }
        let all = [first(.order, 0, 0), first(.caption, 0, 0), first(.order, 1, 0), first(.order, 0, 1)]
        #expect(Set(all).count == 4)
        #expect(first(.order, 0, 0) == all[0])
    }

    @Test func `numbers have the moments they should have`() {
        var random = SeededRandom(seed: 5, purpose: .test)
        let normal = (0..<20_000).map { _ in Double(random.normal()) }
        #expect(abs(normal.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.05)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7_000 { counts[random.index(below: 7)] += 1 }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
        #expect(random.permutation(50).sorted() == Array(0..<50))
    }
}
