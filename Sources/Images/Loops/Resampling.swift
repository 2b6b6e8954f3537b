import PixelInterface

extension Picture {
    /// What lies in `region` through one table a side: along its rows first, then along its columns, 8 bit in between as in
    /// Pillow. A side without a table stays as it is; only the rows that are needed are made.
    func resampled(
        _ region: Region, rows vertical: WeightTable?, columns horizontal: WeightTable?
    ) -> Picture {
        precondition(region.isInside(height: height, width: width), "\(region) is not inside \(height) × \(width)")
        guard let horizontal else {
            return vertical.map { resampledAlongColumns(region, $0) } ?? cropped(to: region)
        }
        let rows = vertical?.inputRange ?? 0..<region.height
        var part = region
        (part.top, part.height) = (region.top + rows.lowerBound, rows.count)
        let picture = resampledAlongRows(part, horizontal)
        guard var vertical else { return picture }
        vertical.shift(by: -rows.lowerBound)
        return picture.resampledAlongColumns(picture.whole, vertical)
    }

    /// All of the picture.
    package var whole: Region { Region(top: 0, left: 0, height: height, width: width) }

    private func resampledAlongRows(_ region: Region, _ table: WeightTable) -> Picture {
        let range = table.inputRange
        precondition(
            range.lowerBound >= 0 && range.upperBound <= region.width, "\(range) is not in \(region.width) pixels")
        let count = region.height * table.outputs * 3
        // Sound: the region is inside the picture, and the table reads no pixel outside of `range`; all is written.
        let output = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            table.withPointers { weights in
                let scratch = loops.rowScratch(weights, range.count)
                unsafe withUnsafeTemporaryAllocation(byteCount: scratch, alignment: 64) { scratch in
                    unsafe pixels.withUnsafeBufferPointer { source in
                        guard let source = source.baseAddress, let target = target.baseAddress,
                            let scratch = scratch.baseAddress
                        else { return }
                        unsafe loops.resampleRows(
                            RowResampling(
                                table: weights, pixels: source + (region.top * width + region.left) * 3,
                                stride: width * 3, rows: region.height, first: range.lowerBound,
                                end: range.upperBound, target: target, scratch: scratch))
                    }
                }
            }
            initialized = count
        }
        return Picture(height: region.height, width: table.outputs, pixels: output)
    }

    private func resampledAlongColumns(_ region: Region, _ table: WeightTable) -> Picture {
        let range = table.inputRange
        precondition(
            range.lowerBound >= 0 && range.upperBound <= region.height, "\(range) is not in \(region.height) rows")
        let length = region.width * 3, count = table.outputs * length
        // Sound: the region is inside the picture, and the table reads no row outside of `range`; all is written.
        let output = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            table.withPointers { weights in
                unsafe pixels.withUnsafeBufferPointer { source in
                    guard let source = source.baseAddress, let target = target.baseAddress else { return }
                    unsafe loops.resampleColumns(
                        weights, source + (region.top * width + region.left) * 3, width * 3, length, target)
                }
            }
            initialized = count
        }
        return Picture(height: table.outputs, width: region.width, pixels: output)
    }
}

extension WeightTable {
    /// Lends the table as the loops read it.
    fileprivate func withPointers(_ body: (PixelWeights) -> Void) {
        unsafe starts.withUnsafeBufferPointer { starts in
            unsafe counts.withUnsafeBufferPointer { counts in
                unsafe weights.withUnsafeBufferPointer { weights in
                    guard let starts = starts.baseAddress, let counts = counts.baseAddress,
                        let weights = weights.baseAddress
                    else { return }
                    let table = unsafe PixelWeights(
                        outputs: outputs, taps: taps, starts: starts, counts: counts, weights: weights)
                    body(table)
                }
            }
        }
    }
}
