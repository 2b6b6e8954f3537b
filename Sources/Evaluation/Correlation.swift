/// Pearson's correlation of two lists, `-1...1`; 0 where one of them does not vary.
public func pearsonCorrelation(_ x: [Double], _ y: [Double]) -> Double {
    correlation(x, y, times: [Int32](repeating: 1, count: x.count))
}

/// Spearman's rank correlation of two lists, `-1...1`: Pearson's correlation of their ranks, where equal values share
/// the mean of the ranks that they take up (Kendall 1948, "Rank Correlation Methods", section 3).
public func spearmanCorrelation(_ x: [Double], _ y: [Double]) -> Double {
    let times = [Int32](repeating: 1, count: x.count)
    return correlation(RankOrder(x).ranks(times), RankOrder(y).ranks(times), times: times)
}

/// Pearson's correlation where pair `i` is there `times[i]` times.
func correlation(_ x: [Double], _ y: [Double], times: [Int32]) -> Double {
    precondition(x.count == y.count && x.count == times.count, "\(x.count) values against \(y.count)")
    var count = 0.0, sums = (x: 0.0, y: 0.0)
    for i in x.indices {
        let n = Double(times[i])
        count += n
        sums = (sums.x + n * x[i], sums.y + n * y[i])
    }
    guard count > 0 else { return 0 }
    let mean = (x: sums.x / count, y: sums.y / count)
    var xx = 0.0, xy = 0.0, yy = 0.0
    for i in x.indices {
        let n = Double(times[i]), dx = x[i] - mean.x, dy = y[i] - mean.y
        xx += n * dx * dx
        xy += n * dx * dy
        yy += n * dy * dy
    }
    return xx > 0 && yy > 0 ? max(-1, min(1, xy / (xx.squareRoot() * yy.squareRoot()))) : 0
}

/// Values in ascending order, so that the ranks of any resample of them need no sorting.
struct RankOrder {
    /// Places of equal values, group after group in ascending order.
    private var groups: [[Int]] = []

    init(_ values: [Double]) {
        for place in values.indices.sorted(by: { values[$0] < values[$1] }) {
            if let last = groups.last?.first, values[last] == values[place] {
                groups[groups.count - 1].append(place)
            } else {
                groups.append([place])
            }
        }
    }

    /// The rank from 1 of each value where value `i` is there `times[i]` times; equal ones share the mean of theirs.
    func ranks(_ times: [Int32]) -> [Double] {
        var ranks = [Double](repeating: 0, count: times.count), before = 0.0
        for group in groups {
            let size = Double(group.reduce(0) { $0 + times[$1] }), rank = before + (size + 1) / 2
            for place in group { ranks[place] = rank }
            before += size
        }
        return ranks
    }
}
