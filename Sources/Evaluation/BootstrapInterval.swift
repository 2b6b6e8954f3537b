import Kernels
import Tensors

/// Where a figure lies with 95 % confidence, had other queries of the same kind been asked: the percentile bootstrap.
///
/// Efron & Tibshirani 1993, "An Introduction to the Bootstrap", section 13.3. Queries are taken to be independent.
/// Where all queries have the same outcome, so has every resample, and the interval is a point. JSON: `[lower, upper]`.
public struct BootstrapInterval: Codable, Sendable, Equatable {
    /// The ends of the interval.
    public var lower, upper: Double

    private static let resamples = 1_000, tail = 0.025

    /// The interval of a share: `successes` of `count` queries.
    ///
    /// The mean of a resample of zeros and ones is binomial, so its percentiles are taken from that distribution
    /// itself, as from resamples without end (Efron & Tibshirani, section 4.2: the ideal bootstrap).
    public init(successes: Int, of count: Int) {
        precondition(successes >= 0 && successes <= count, "\(successes) successes of \(count)")
        guard successes > 0, successes < count else {
            lower = count == 0 ? 0 : Double(successes) / Double(count)
            upper = lower
            return
        }
        let odds = Double(successes) / Double(count - successes)
        var weights = [Double](repeating: 0, count: count + 1)  // the likeliest has one
        weights[successes] = 1
        for k in successes..<count { weights[k + 1] = weights[k] * odds * Double(count - k) / Double(k + 1) }
        for k in (1...successes).reversed() { weights[k - 1] = weights[k] * Double(k) / (odds * Double(count - k + 1)) }
        let total = weights.reduce(0, +)
        func percentile(_ share: Double) -> Double {
            var sum = 0.0
            let first = weights.firstIndex { weight in
                sum += weight
                return sum >= share * total
            }
            return Double(first ?? count) / Double(count)
        }
        lower = percentile(Self.tail)
        upper = percentile(1 - Self.tail)
    }

    /// The interval of a mean, one value a query.
    public init(meanOf values: [Double]) {
        self.init(count: values.count) { times in
            var sum = 0.0
            for i in values.indices where times[i] > 0 { sum += Double(times[i]) * values[i] }
            return sum / Double(max(values.count, 1))
        }
    }

    /// The interval of any figure of `count` queries; `figure` is told how often each of them is in a resample.
    ///
    /// The luck of a resample is its own, so that the same bits come out for any number of threads.
    public init(count: Int, of figure: ([Int32]) -> Double) {
        guard count > 0 else {
            (lower, upper) = (0, 0)
            return
        }
        let figures = parallelMap(Self.resamples) { resample in
            var random = SeededRandom(seed: 0, purpose: .resampling, item: resample)
            var times = [Int32](repeating: 0, count: count)
            for _ in 0..<count { times[random.index(below: count)] += 1 }
            return figure(times)
        }.sorted()
        let behind = Int(Double(Self.resamples) * Self.tail)  // resamples that lie beyond each end
        lower = figures[behind - 1]
        upper = figures[Self.resamples - behind - 1]
    }

    /// Reads `[lower, upper]`.
    public init(from decoder: any Decoder) throws {
        var ends = try decoder.unkeyedContainer()
        lower = try ends.decode(Double.self)
        upper = try ends.decode(Double.self)
    }

    /// Writes `[lower, upper]`.
    public func encode(to encoder: any Encoder) throws {
        var ends = encoder.unkeyedContainer()
        try ends.encode(lower)
        try ends.encode(upper)
    }
}
