import Foundation
import Kernels
import Tensors
import Testing

@testable import Evaluation

@Suite struct BootstrapIntervalTests {
    @Test func `the interval of a share has the binomial percentiles of SciPy`() throws {
        for share in try Golden().shares {
            let interval = BootstrapInterval(successes: Int(share[0]), of: Int(share[1]))
            #expect(abs(interval.lower - share[2]) < 1e-12 && abs(interval.upper - share[3]) < 1e-12, "\(share)")
        }
    }

    @Test func `resamples of zeros and ones agree with the binomial distribution`() {
        let values = (0..<500).map { $0 % 5 == 0 ? 1.0 : 0 }
        let drawn = BootstrapInterval(meanOf: values), exact = BootstrapInterval(successes: 100, of: 500)
        #expect(abs(drawn.lower - exact.lower) < 0.006 && abs(drawn.upper - exact.upper) < 0.006)
    }

    @Test func `about nineteen of twenty intervals hold the true mean`() {
        let intervals = (0..<100).map { seed in
            BootstrapInterval(meanOf: normal(40, seed: UInt64(seed)).map { Double($0) })
        }
        let holding = intervals.count { $0.lower <= 0 && $0.upper >= 0 }
        #expect((86...99).contains(holding), "\(holding)")
    }

    @Test func `all, none and no queries at all have an interval without width`() {
        #expect(BootstrapInterval(successes: 7, of: 7) == BootstrapInterval(meanOf: [1, 1]))
        let none = BootstrapInterval(successes: 0, of: 0)
        #expect(none.lower == 0 && none.upper == 0 && none == BootstrapInterval(meanOf: []))
    }

    @Test func `one thread and five draw the same interval`() {
        let before = threadCount
        defer { setThreadCount(before) }
        let values = normal(300, seed: 1).map { Double($0) }
        let intervals = [1, 5].map { threads in
            setThreadCount(threads)
            return BootstrapInterval(meanOf: values)
        }
        #expect(intervals[0] == intervals[1])
    }

    @Test func `JSON is a pair of numbers`() throws {
        let interval = BootstrapInterval(successes: 3, of: 7), json = try JSONEncoder().encode(interval)
        let numbers = try #require(try JSONSerialization.jsonObject(with: json) as? [Double])
        #expect(numbers == [interval.lower, interval.upper])
        #expect(try JSONDecoder().decode(BootstrapInterval.self, from: json) == interval)
    }
}
