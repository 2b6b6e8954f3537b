import PixelInterface

extension Picture {
    /// All of the picture.
    package var whole: Region { Region(top: 0, left: 0, height: height, width: width) }

    /// Each row of `region` through a table.
    func resampledAlongRows(_ region: Region, _ table: WeightTable) -> Picture {
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

    /// The columns of `region` through a table.
    func resampledAlongColumns(_ region: Region, _ table: WeightTable) -> Picture {
        let count = table.outputs * region.width * 3
        // Sound: so many bytes are written.
        let made = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            if let target = target.baseAddress {
                unsafe resampleAlongColumns(region, table, outputs: 0..<table.outputs, to: target)
            }
            initialized = count
        }
        return Picture(height: table.outputs, width: region.width, pixels: made)
    }

    /// Some outputs of a table along the columns of `region`, in place of what `target` holds.
    func resampleAlongColumns(
        _ region: Region, _ table: WeightTable, outputs: Range<Int>, into target: inout [UInt8]
    ) {
        let count = outputs.count * region.width * 3
        precondition(target.count == count, "expected \(count) bytes, found \(target.count)")
        unsafe target.withUnsafeMutableBufferPointer { target in
            guard let target = target.baseAddress else { return }
            unsafe resampleAlongColumns(region, table, outputs: outputs, to: target)
        }
    }

    private func resampleAlongColumns(
        _ region: Region, _ table: WeightTable, outputs: Range<Int>, to target: UnsafeMutablePointer<UInt8>
    ) {
        let range = table.inputRange
        precondition(
            range.lowerBound >= 0 && range.upperBound <= region.height, "\(range) is not in \(region.height) rows")
        precondition(region.isInside(height: height, width: width), "\(region) is not inside \(height) × \(width)")
        precondition(outputs.upperBound <= table.outputs, "\(outputs) of \(table.outputs) outputs")
        // Sound: the region is inside the picture, and the table reads no row outside of `range`.
        table.withPointers { weights in
            unsafe pixels.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return }
                unsafe loops.resampleColumns(
                    weights.part(outputs), source + (region.top * width + region.left) * 3, width * 3,
                    region.width * 3, target)
            }
        }
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
