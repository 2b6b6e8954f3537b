import PixelInterface

/// How a PNG's samples become colours on white.
///
/// Portable Network Graphics (third edition), sections 11.2.2 (palette), 11.3.1.1 (what is transparent), 13.12 (depths).
struct PNGColours {
    private let chunks: PNGChunks
    /// The colour of each shade or place in the palette, red in the lowest byte; of no use where pixels are colours.
    private let table: [UInt32]
    /// The bytes of the colour that is transparent; empty where there is none, or the table knows it.
    private let transparent: [UInt8]

    init(_ chunks: PNGChunks, _ bytes: RawSpan) {
        self.chunks = chunks
        table = chunks.colour == .palette ? Self.palette(chunks, bytes) : Self.shades(chunks, bytes)
        let key = chunks.colour == .palette ? [] : chunks.transparency.map { bytes.byte(at: $0) ?? 0 }
        let isInTable = chunks.colour == .grey && chunks.depth <= 8
        transparent =
            isInTable ? [] : chunks.depth == 16 ? key : stride(from: 1, to: key.count, by: 2).map { key[$0] }
    }

    /// Every shade; a transparent one is white.
    private static func shades(_ chunks: PNGChunks, _ bytes: RawSpan) -> [UInt32] {
        let largest = (1 << min(chunks.depth, 8)) - 1
        var table = (0..<256).map { UInt32(min($0, largest) * 255 / largest) * 0x010101 }
        if chunks.depth <= 8, chunks.colour == .grey, !chunks.transparency.isEmpty,
            let shade = bytes.bigEndian(2, at: chunks.transparency.lowerBound)
        {
            table[shade] = 0xFFFFFF
        }
        return table
    }

    /// The palette's colours, on white where it says so; what lies behind its end is black.
    private static func palette(_ chunks: PNGChunks, _ bytes: RawSpan) -> [UInt32] {
        (0..<256).map { place in
            guard 3 * place < chunks.palette.count else { return 0 }
            let alpha = place < chunks.transparency.count ? bytes.byte(at: chunks.transparency.lowerBound + place) : nil
            return (0..<3).reduce(0) { colour, c in
                let level = bytes.byte(at: chunks.palette.lowerBound + 3 * place + c) ?? 0
                let sum = UInt32(level) * UInt32(alpha ?? 255) + 255 * UInt32(255 - (alpha ?? 255)) + 128
                return colour | ((sum + sum >> 8) >> 8) << UInt32(8 * c)
            }
        }
    }

    /// Writes some columns of a row, which has a margin for the loops behind it.
    func write(_ row: UnsafePointer<UInt8>, _ columns: Range<Int>, to target: UnsafeMutablePointer<UInt8>) {
        let part = unsafe row + columns.lowerBound * chunks.samples * chunks.depth / 8
        switch chunks.depth {
        case 8: unsafe write(bytes: part, columns.count, to: target)
        case 16:
            unsafe withBytes(columns.count * chunks.samples) { bytes in
                for i in 0..<columns.count * chunks.samples {
                    unsafe bytes[i] = Self.rounded(part[2 * i], part[2 * i + 1])
                }
                unsafe write(bytes: bytes, columns.count, to: target)
            }
        default:
            unsafe withBytes(columns.count) { bytes in
                unsafe unpack(row, columns, to: bytes)
                unsafe write(bytes: bytes, columns.count, to: target)
            }
        }
        if !transparent.isEmpty { unsafe whiten(part, columns.count, in: target) }
    }

    /// Samples of 8 bits become colours.
    private func write(bytes: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>) {
        switch chunks.colour {
        case .rgb: unsafe target.update(from: bytes, count: 3 * count)
        case .rgba, .greyAlpha: unsafe loops.layOnWhite(bytes, chunks.samples, count, target)
        case .grey, .palette:
            unsafe table.withUnsafeBufferPointer { table in
                guard let table = table.baseAddress else { return }
                unsafe loops.lookUp(bytes, count, table, target)
            }
        }
    }

    /// 16 bits as 8, rounded as libpng rounds them: to the nearest `value · 255 / 65535`.
    private static func rounded(_ high: UInt8, _ low: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: Int(high) + ((Int(low) - Int(high) + 128) * 65535) >> 24)
    }

    /// Samples of less than 8 bits, the first in the highest bits, become a byte each.
    private func unpack(_ row: UnsafePointer<UInt8>, _ columns: Range<Int>, to bytes: UnsafeMutablePointer<UInt8>) {
        let depth = chunks.depth, mask = UInt8(1 << depth - 1)
        var bit = columns.lowerBound * depth
        for i in 0..<columns.count {
            unsafe bytes[i] = row[bit >> 3] >> UInt8(8 - depth - bit & 7) & mask
            bit += depth
        }
    }

    /// Makes white what has the transparent colour.
    private func whiten(_ row: UnsafePointer<UInt8>, _ count: Int, in target: UnsafeMutablePointer<UInt8>) {
        for x in 0..<count {
            let pixel = unsafe row + x * transparent.count
            guard transparent.indices.allSatisfy({ unsafe pixel[$0] == transparent[$0] }) else { continue }
            unsafe (target + 3 * x).update(repeating: 255, count: 3)
        }
    }

    /// Room for so many bytes, and for the loops' margin behind them.
    private func withBytes(_ count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Void) {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + FilteredRow.margin) { bytes in
            guard let bytes = bytes.baseAddress else { return }
            unsafe bytes.initialize(repeating: 0, count: count + FilteredRow.margin)
            unsafe body(bytes)
        }
    }
}
