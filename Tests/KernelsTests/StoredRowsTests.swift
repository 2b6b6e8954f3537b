import Tensors
import Testing

@testable import Kernels

@Suite struct StoredRowsTests {
    private func products(_ rows: [Float], _ width: Int) -> [(own: Float, square: Float)] {
        storedRows(rows.span, width: width).read { bytes in
            stride(from: 0, to: rows.count, by: width).map { start in
                let row = Array(rows[start..<start + width])
                let own = halfProducts(bytes, rows: [start / width], row.span, width: width)[0]
                return (own, dot(row.span, row.span))
            }
        }
    }

    @Test(arguments: [8, 12, 16, 32, 64, 512]) func `a row finds itself with the square of its length`(width: Int) {
        for length: Float in [1, 300] {
            let rows = random(200 * width, width).map { $0 * length / Float(width).squareRoot() }
            // Few numbers have too few steps for more.
            let tolerance: Float = width < 24 ? 1e-4 : 1e-5
            for (own, square) in products(rows, width) {
                #expect(abs(own - square) < tolerance * square, "\(own) \(square)")
            }
        }
    }

    @Test func `no number moves further than the largest could be rounded`() {
        let width = 24, rows = random(100 * width, 5)
        let stored = storedRows(rows.span, width: width).read { floats(ofHalves: $0) }
        for start in stride(from: 0, to: rows.count, by: width) {
            let largest = rows[start..<start + width].map(abs).max() ?? 0
            for i in start..<start + width { #expect(abs(stored[i] - rows[i]) <= largest * 0x1p-11) }
        }
    }

    @Test func `halves stay as they are, and so do zeros and the largest`() {
        let halves = random(40 * 16, 6).map { Float(Float16($0)) }
        #expect(storedRows(halves.span, width: 16) == halfPrecision(halves.span))
        let extremes: [Float] = [0, -0.0, 65_504, -65_504, 6e-8, 1e-9, 0, 0]
        #expect(storedRows(extremes.span, width: 8) == halfPrecision(extremes.span))
    }

    @Test func `the bytes do not depend on threads`() {
        let rows = random(700 * 20, 7), threads = threadCount
        defer { setThreadCount(threads) }
        let made = [1, 5].map { count in
            setThreadCount(count)
            return storedRows(rows.span, width: 20)
        }
        #expect(made[0] == made[1])
    }
}
