/// Which input pixels make each output pixel along one axis, and with which fixed-point weights.
///
/// As Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`: weights are whole numbers of 2⁻²², at most
/// `taps` for each output pixel, and the sum of their products is rounded and clamped to 8 bit.
struct WeightTable {
    /// For each output pixel, the first input pixel that counts.
    private(set) var starts: [Int] = []
    /// For each output pixel, how many count.
    private(set) var counts: [Int] = []
    /// `[outputs, taps]`; those behind an output's count are zero.
    private(set) var weights: [Int32] = []
    /// The length of a row of `weights`.
    let taps: Int

    /// The number of output pixels.
    var outputs: Int { starts.count }

    private init(taps: Int) { self.taps = taps }

    private mutating func append(start: Int, weights row: [Double]) {
        starts.append(start)
        counts.append(row.count)
        let one = Double(Int32(1) << Self.precision)
        for w in row { weights.append(Int32(w < 0 ? -0.5 + w * one : 0.5 + w * one)) }
        weights.append(contentsOf: repeatElement(0, count: taps - row.count))
    }

    /// Moves all that is read by so many pixels, because the input was cut.
    mutating func shift(by offset: Int) { for i in starts.indices { starts[i] += offset } }

    /// Weights that change `input` pixels into `output`, of which only the range `kept` is made.
    init(resizing input: Int, to output: Int, keeping kept: Range<Int>, with filter: ResizeFilter) {
        let scale = Double(input) / Double(output), stretch = max(scale, 1)
        let support = filter.support * stretch
        self.init(taps: min(Int(support.rounded(.up)) * 2 + 1, input))
        for x in kept {
            let center = (Double(x) + 0.5) * scale
            let start = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), input)
            let inverse = 1 / stretch
            var row = (0..<end - start).map { filter.weight((Double($0 + start) - center + 0.5) * inverse) }
            let sum = row.reduce(0, +)
            if sum != 0 { for i in row.indices { row[i] /= sum } }
            append(start: start, weights: row)
        }
    }

    /// Weights that blur `length` pixels with a Gaussian of deviation `sigma`, cut off `reach` pixels from its centre.
    ///
    /// Beyond the edge the picture is mirrored about its edge pixel, which is not repeated; `reach < length`.
    init(blurring length: Int, sigma: Double, reach: Int) {
        self.init(taps: min(2 * reach + 1, length))
        var kernel = (-reach...reach).map { exponential(-0.5 * (Double($0) / sigma) * (Double($0) / sigma)) }
        let sum = kernel.reduce(0, +)
        for i in kernel.indices { kernel[i] /= sum }
        for x in 0..<length {
            let start = max(x - reach, 0), end = min(x + reach + 1, length)
            var row = [Double](repeating: 0, count: end - start)
            for (i, weight) in kernel.enumerated() {
                var at = abs(x - reach + i)
                if at >= length { at = 2 * (length - 1) - at }
                row[at - start] += weight
            }
            append(start: start, weights: row)
        }
    }
}
