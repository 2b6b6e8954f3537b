import CImageCodecs
import PixelInterface

extension Picture {
    /// Whether this program was built with libdeflate, so that usual PNGs are inflated at once; else libpng reads them all.
    public static var inflatesAtOnce: Bool { clip_deflate_is_built() }

    /// A part of a PNG as it is stored, whose rows are inflated at once and unfiltered here: what libpng would give. No value
    /// where anything is unusual or damaged, or where that would take more than the limit of bytes; and none without
    /// libdeflate.
    ///
    /// Rows above the part are unfiltered too, since each rests on the one above; rows below are inflated alone.
    package init?(inflating bytes: RawSpan, limit: PixelLimit, only region: Region) {
        guard clip_deflate_is_built(), let chunks = PNGChunks(of: bytes), chunks.fits(limit),
            region.isInside(height: chunks.height, width: chunks.width),
            let rows = chunks.inflated(bytes)
        else { return nil }
        let size = chunks.rowSize
        for y in 0..<chunks.height where rows[y * (size + 1)] > 4 { return nil }
        let colours = PNGColours(chunks, bytes), count = region.height * region.width * 3
        // Sound: each row of the region is written, and nothing else.
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            guard let target = target.baseAddress else { return }
            unsafe chunks.forEachRow(of: rows, below: region.top + region.height) { y, row in
                guard y >= region.top else { return }
                let to = unsafe target + (y - region.top) * region.width * 3
                unsafe colours.write(row, region.left..<region.left + region.width, to: to)
            }
            initialized = count
        }
        self.init(height: region.height, width: region.width, pixels: pixels)
    }
}

extension PNGChunks {
    /// Whether stream, rows and pixels stay within the limit, and the stream is long enough for its rows: no more than 1032
    /// bytes come out of one.
    fileprivate func fits(_ limit: PixelLimit) -> Bool {
        let (deflated, inflated) = (deflatedSize, inflatedSize)
        return 3 * height * width + inflated + deflated <= limit.bytes && inflated / 1032 <= deflated
    }

    /// All rows, each behind its filter's number; and a margin for the loops.
    fileprivate func inflated(_ bytes: RawSpan) -> [UInt8]? {
        let size = inflatedSize
        var isDone = false
        // Sound: the ranges are inside of the file; the margin is written here and the rows by the shim, or nothing is used.
        let rows = unsafe [UInt8](unsafeUninitializedCapacity: size + FilteredRow.margin) { target, count in
            unsafe bytes.withUnsafeBytes { raw in
                guard let base = unsafe raw.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    let rows = target.baseAddress
                else { return }
                if data.count == 1 {
                    isDone = unsafe clip_inflate(base + data[0].lowerBound, data[0].count, rows, size)
                } else {
                    var stream: [UInt8] = []
                    stream.reserveCapacity(deflatedSize)
                    for part in data { unsafe stream.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[part])) }
                    isDone = unsafe clip_inflate(stream, stream.count, rows, size)
                }
                guard isDone else { return }
                unsafe (rows + size).update(repeating: 0, count: FilteredRow.margin)
                count = size + FilteredRow.margin
            }
        }
        return isDone ? rows : nil
    }

    /// Lends each row, unfiltered, from the first one on; behind each lies a margin for the loops.
    fileprivate func forEachRow(of rows: [UInt8], below end: Int, _ body: (Int, UnsafePointer<UInt8>) -> Void) {
        let size = rowSize, room = size + FilteredRow.margin
        // Sound: the loops read rows and margins that are there, and write one of the two rows of `scratch`: never the row
        // above, which is the other one, or lies among `rows` where it was not filtered.
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * room) { scratch in
                guard let rows = rows.baseAddress, let scratch = scratch.baseAddress else { return }
                unsafe scratch.initialize(repeating: 0, count: 2 * room)
                var above = unsafe UnsafePointer(scratch + room)  // all zeros
                for y in 0..<end {
                    let filtered = unsafe rows + y * (size + 1)
                    if unsafe filtered[0] == 0 {
                        unsafe above = filtered + 1
                    } else {
                        let target = unsafe scratch + (y & 1) * room
                        unsafe loops.unfilter(
                            FilteredRow(
                                filter: filtered[0], bytes: filtered + 1, count: size, step: step, above: above,
                                target: target))
                        unsafe above = UnsafePointer(target)
                    }
                    unsafe body(y, above)
                }
            }
        }
    }
}
