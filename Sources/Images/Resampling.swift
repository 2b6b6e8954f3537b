extension Picture {
    /// The picture through one table a side: along its rows first, then along its columns, 8 bit in between as in
    /// Pillow. A side without a table stays as it is.
    func resampled(rows vertical: WeightTable?, columns horizontal: WeightTable?) -> Picture {
        var picture = self
        if let horizontal { picture = picture.resampledAlongRows(horizontal, only: vertical?.inputRange ?? 0..<height) }
        guard var vertical else { return picture }
        if horizontal != nil { vertical.shift(by: -vertical.inputRange.lowerBound) }
        return picture.resampledAlongColumns(vertical)
    }

    /// Makes only the `rows` that a vertical pass will read.
    private func resampledAlongRows(_ table: WeightTable, only rows: Range<Int>) -> Picture {
        var output = [UInt8](repeating: 0, count: rows.count * table.outputs * 3)
        var target = output.mutableSpan
        let source = pixels.span, weights = table.weights.span, starts = table.starts.span, counts = table.counts.span
        var to = 0
        for y in rows {
            let row = source.extracting(y * width * 3..<(y + 1) * width * 3)
            for x in starts.indices {
                let taps = weights.extracting(x * table.taps..<x * table.taps + counts[x])
                let part = row.extracting(starts[x] * 3..<(starts[x] + counts[x]) * 3)
                var red = WeightTable.half, green = WeightTable.half, blue = WeightTable.half
                for k in taps.indices {
                    let weight = taps[k]
                    red &+= Int32(truncatingIfNeeded: part[3 &* k]) &* weight
                    green &+= Int32(truncatingIfNeeded: part[3 &* k &+ 1]) &* weight
                    blue &+= Int32(truncatingIfNeeded: part[3 &* k &+ 2]) &* weight
                }
                target[to] = WeightTable.byte(red)
                target[to + 1] = WeightTable.byte(green)
                target[to + 2] = WeightTable.byte(blue)
                to += 3
            }
        }
        return Picture(height: rows.count, width: table.outputs, pixels: output)
    }

    private func resampledAlongColumns(_ table: WeightTable) -> Picture {
        let length = width * 3
        var output = [UInt8](repeating: 0, count: table.outputs * length)
        var sums = [Int32](repeating: 0, count: length)
        for y in 0..<table.outputs {
            var sum = sums.mutableSpan
            for i in sum.indices { sum[i] = WeightTable.half }
            for k in 0..<table.counts[y] {
                let row = pixels.span.extracting((table.starts[y] + k) * length..<(table.starts[y] + k + 1) * length)
                let weight = table.weights[y * table.taps + k]
                precondition(row.count == sum.count)
                for i in row.indices { sum[i] &+= Int32(truncatingIfNeeded: row[i]) &* weight }
            }
            var target = output.mutableSpan
            let start = y * length
            for i in sum.indices { target[start &+ i] = WeightTable.byte(sum[i]) }
        }
        return Picture(height: table.outputs, width: width, pixels: output)
    }
}

extension WeightTable {  // beside the loops, so that it is inlined even where files are compiled one by one
    /// Fractional bits of a weight: 32, less 8 for the pixel, less 2 for sign and overshoot.
    @inline(__always) static var precision: Int32 { 22 }

    /// One half, which a sum starts with so that shifting rounds it.
    @inline(__always) static var half: Int32 { 1 << (precision - 1) }

    /// A sum of products as a byte: rounded and clamped.
    @inline(__always) static func byte(_ sum: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: Swift.max(0, Swift.min(255, sum &>> precision)))
    }

    /// The input pixels that any output reads.
    var inputRange: Range<Int> {
        let ends = zip(starts, counts).map { $0 + $1 }
        return (starts.min() ?? 0)..<(ends.max() ?? 0)
    }
}
