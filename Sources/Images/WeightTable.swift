/// Which input pixels make each output pixel along one axis, and with which fixed-point weights.
///
/// As Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`: weights are whole numbers of 2⁻²², at most
/// `taps` for each output pixel, and the sum of their products is rounded and clamped to 8 bit.
struct WeightTable {
    /// For each output pixel, the first input pixel that counts.
    private(set) var starts: [Int32] = []
    /// For each output pixel, how many count.
    private(set) var counts: [Int32] = []
    /// `[outputs, taps]`; those behind an output's count are zero.
    private(set) var weights: [Int32] = []
    /// The length of a row of `weights`.
    let taps: Int

    /// The number of output pixels.
    var outputs: Int { starts.count }

    /// The input pixels that any output reads.
    var inputRange: Range<Int> {
        let end = zip(starts, counts).map { Int($0 + $1) }.max() ?? 0
        return Int(starts.min() ?? 0)..<end
    }

    private init(outputs: Int, taps: Int) {
        self.taps = taps
        starts.reserveCapacity(outputs)
        counts.reserveCapacity(outputs)
        weights.reserveCapacity(outputs * taps)
    }

    /// Adds an output; weights at either end that round to nothing are left out, which changes no sum.
    private mutating func append(start: Int, weights row: Span<Double>) {
        let place = weights.count
        for i in row.indices { weights.append(Self.fixed(row[i])) }
        var first = 0, last = row.count
        while last > 1, weights[place + last - 1] == 0 { last -= 1 }
        while first < last - 1, weights[place + first] == 0 { first += 1 }
        if first > 0 { weights.removeSubrange(place..<place + first) }
        for _ in row.count - first..<taps { weights.append(0) }
        starts.append(Int32(start + first))
        counts.append(Int32(last - first))
    }

    /// A weight in whole 2⁻²², the nearest.
    private static func fixed(_ weight: Double) -> Int32 {
        Int32(weight < 0 ? -0.5 + weight * 0x1p22 : 0.5 + weight * 0x1p22)
    }

    /// Moves all that is read by so many pixels, because the input was cut.
    mutating func shift(by offset: Int) { for i in starts.indices { starts[i] += Int32(offset) } }

    /// The outputs in the opposite order, so that what is made is mirrored.
    var reversed: WeightTable {
        var reversed = self
        reversed.starts.reverse()
        reversed.counts.reverse()
        for output in 0..<outputs {
            for tap in 0..<taps { reversed.weights[output * taps + tap] = weights[(outputs - 1 - output) * taps + tap] }
        }
        return reversed
    }

    /// Weights that change the part `box` of `input` pixels, which may begin and end between pixels, into `output`, of
    /// which only the range `kept` is made.
    init(resizing input: Int, box: Range<Double>, to output: Int, keeping kept: Range<Int>, with filter: ResizeFilter) {
        let scale = (box.upperBound - box.lowerBound) / Double(output), stretch = max(scale, 1)
        let support = filter.support * stretch
        self.init(outputs: kept.count, taps: min(Int(support.rounded(.up)) * 2 + 1, input))
        var row = [Double](repeating: 0, count: taps)
        let inverse = 1 / stretch
        for x in kept {
            let center = box.lowerBound + (Double(x) + 0.5) * scale
            let start = max(Int(center - support + 0.5), 0)
            let count = min(Int(center + support + 0.5), input) - start
            var sum = 0.0
            for i in 0..<count {
                row[i] = filter.weight((Double(i + start) - center + 0.5) * inverse)
                sum += row[i]
            }
            if sum != 0 { for i in 0..<count { row[i] /= sum } }
            append(start: start, weights: row.span.extracting(0..<count))
        }
    }

    /// The same for all `input` pixels.
    init(resizing input: Int, to output: Int, keeping kept: Range<Int>, with filter: ResizeFilter) {
        self.init(resizing: input, box: 0..<Double(input), to: output, keeping: kept, with: filter)
    }
}
