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
    private mutating func append(start: Int, weights row: Span<Double>, precision: Int) {
        let place = weights.count
        for i in row.indices { weights.append(Self.fixed(row[i], precision) << (22 - Int32(precision))) }
        var first = 0, last = row.count
        while last > 1, weights[place + last - 1] == 0 { last -= 1 }
        while first < last - 1, weights[place + first] == 0 { first += 1 }
        if first > 0 { weights.removeSubrange(place..<place + first) }
        for _ in row.count - first..<taps { weights.append(0) }
        starts.append(Int32(start + first))
        counts.append(Int32(last - first))
    }

    /// A weight in whole 2⁻ᵖʳᵉᶜⁱˢⁱᵒⁿ, the nearest.
    private static func fixed(_ weight: Double, _ precision: Int) -> Int32 {
        let scaled = weight * Double(1 << precision)
        return Int32(weight < 0 ? -0.5 + scaled : 0.5 + scaled)
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
    init(
        resizing input: Int, box: Range<Double>, to output: Int, keeping kept: Range<Int>, with filter: ResizeFilter,
        arithmetic: ResizeArithmetic = .pillow
    ) {
        let axis = Axis(input: input, box: box, output: output, filter: filter)
        self.init(outputs: kept.count, taps: axis.taps)
        let precision = arithmetic == .tensors ? axis.precisionOf16Bits : 22
        var row = [Double](repeating: 0, count: taps)
        for x in kept {
            let range = axis.weigh(x, into: &row)
            append(start: range.lowerBound, weights: row.span.extracting(0..<range.count), precision: precision)
        }
    }

    /// The same for all `input` pixels.
    init(
        resizing input: Int, to output: Int, keeping kept: Range<Int>, with filter: ResizeFilter,
        arithmetic: ResizeArithmetic = .pillow
    ) {
        self.init(
            resizing: input, box: 0..<Double(input), to: output, keeping: kept, with: filter, arithmetic: arithmetic)
    }
}

/// One axis of a resizing: how each output weighs its inputs.
private struct Axis {
    let input: Int, output: Int
    private let first: Double, scale: Double, stretch: Double, support: Double
    private let filter: ResizeFilter

    init(input: Int, box: Range<Double>, output: Int, filter: ResizeFilter) {
        (self.input, self.output, self.filter) = (input, output, filter)
        first = box.lowerBound
        scale = (box.upperBound - box.lowerBound) / Double(output)
        stretch = max(scale, 1)
        support = filter.support * stretch
    }

    var taps: Int { min(Int(support.rounded(.up)) * 2 + 1, input) }

    /// The inputs that count for output `x`; their weights, whose sum is 1, are the first of `row`.
    func weigh(_ x: Int, into row: inout [Double]) -> Range<Int> {
        let center = first + (Double(x) + 0.5) * scale, inverse = 1 / stretch
        let start = max(Int(center - support + 0.5), 0)
        let count = min(Int(center + support + 0.5), input) - start
        var sum = 0.0
        for i in 0..<count {
            row[i] = filter.weight((Double(i + start) - center + 0.5) * inverse)
            sum += row[i]
        }
        if sum != 0 { for i in 0..<count { row[i] /= sum } }
        return start..<start + count
    }

    /// The binary places that the largest weight of any output leaves to numbers of 16 bits: PyTorch's
    /// `aten/src/ATen/native/cpu/UpSampleKernel.cpp`. Rounded and shifted sums are the same with zeros behind these places.
    var precisionOf16Bits: Int {
        var row = [Double](repeating: 0, count: taps), most = 0.0
        for x in 0..<output { for i in 0..<weigh(x, into: &row).count { most = max(most, row[i]) } }
        return (0..<22).first { Int(0.5 + most * Double(1 << ($0 + 1))) >= 1 << 15 } ?? 22
    }
}
