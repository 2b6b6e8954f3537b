extension Picture {
    /// What a plan makes of the picture, in floats until the end, where colours are rounded and cut to 8 bit.
    ///
    /// For the few that ask for it (`ResizeArithmetic.floats`), so it is plain.
    func resampledInFloats(_ plan: ResamplePlan) -> Picture {
        let region = plan.region
        precondition(region.isInside(height: height, width: width), "\(region) is not inside \(height) × \(width)")
        let rows = plan.vertical?.inputRange ?? 0..<region.height
        let between = alongRows(rows, of: region, plan.horizontal)  // [rows, plan.width, 3]
        let length = plan.width * 3
        var made = Picture(height: plan.height, width: plan.width, filledWith: .zero)
        var sums = [Float](repeating: 0, count: length)
        for y in 0..<plan.height {
            if let taps = plan.vertical?.taps(of: y) {
                for i in sums.indices { sums[i] = 0 }
                for (offset, weight) in taps.weights.enumerated() {
                    let start = (taps.start - rows.lowerBound + offset) * length
                    for i in sums.indices { sums[i] += weight * between[start + i] }
                }
            } else {
                sums.replaceSubrange(0..<length, with: between[y * length..<(y + 1) * length])
            }
            for i in sums.indices {
                made.pixels[y * length + i] = UInt8(min(max(sums[i].rounded(.toNearestOrEven), 0), 255))
            }
        }
        return plan.isMirroredAfter ? made.flipped() : made
    }

    /// Some rows of a region through a table, `[rows, table.outputs, 3]`.
    private func alongRows(_ rows: Range<Int>, of region: Region, _ table: WeightTable?) -> [Float] {
        let outputs = table?.outputs ?? region.width
        var made = [Float](repeating: 0, count: rows.count * outputs * 3)
        for x in 0..<outputs {
            let taps = table?.taps(of: x) ?? (start: x, weights: [1])
            for y in rows {
                var source = ((region.top + y) * width + region.left + taps.start) * 3
                var colour = SIMD3<Float>.zero
                for weight in taps.weights {
                    colour +=
                        weight * SIMD3(Float(pixels[source]), Float(pixels[source + 1]), Float(pixels[source + 2]))
                    source += 3
                }
                let place = ((y - rows.lowerBound) * outputs + x) * 3
                for c in 0..<3 { made[place + c] = colour[c] }
            }
        }
        return made
    }
}

extension WeightTable {
    /// The first input pixel of an output, and the weights from there on, as shares of 1.
    fileprivate func taps(of output: Int) -> (start: Int, weights: [Float]) {
        let count = Int(counts[output]), place = output * taps
        return (Int(starts[output]), weights[place..<place + count].map { Float($0) * 0x1p-22 })
    }
}
