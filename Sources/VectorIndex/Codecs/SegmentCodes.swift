import Kernels

/// The codes of a segment's rows as its file holds them.
struct SegmentCodes: Sendable {
    /// Sixteen rows a block, each list in blocks of its own: `[blocks, blockBytes]`.
    var high: [UInt8] = []
    /// What lies row by row: `[rows, lowBytes]`.
    var low: [UInt8] = []

    /// Codes `[n, numbers]` of 4 bits of one list, for tables: in group g of a block, byte `16·y + v` has number `8g + y` of
    /// row v in its lower bits and `8g + 4 + y` in its upper ones. A block may be longer; returns where the first begins.
    @discardableResult
    mutating func append(tableCodes codes: ArraySlice<UInt8>, numbers: Int, blockBytes: Int) -> Int {
        let count = codes.count / numbers, start = high.count
        high += [UInt8](repeating: 0, count: (count + 15) / 16 * blockBytes)
        for row in 0..<count {
            let code = codes.startIndex + row * numbers, block = start + row / 16 * blockBytes + row % 16
            for g in 0..<numbers / 8 {
                for y in 0..<4 {
                    high[block + 64 * g + 16 * y] = codes[code + 8 * g + y] | codes[code + 8 * g + 4 + y] << 4
                }
            }
        }
        return start
    }
}
