import CIntrinsics
import PixelInterface

/// Fractional bits of a weight, as Pillow's: 32, less 8 for a byte, less 2.
@inline(__always) private var precision: Int32 { 22 }
/// One half, so that what is cut off rounds.
@inline(__always) private var half: Int32 { 1 << (precision - 1) }

/// A sum of products as the byte that it stands for, in each lane.
@inline(__always) private func storeClamped(_ sum: Ints, _ to: MutableBytes) {
    clip_store_bytes(clip_clamp(sum &>> Ints(repeating: precision)), to)
}

// MARK: Along columns

func resampleColumns(_ table: PixelWeights, _ pixels: Bytes, _ stride: Int, _ length: Int, _ target: MutableBytes) {
    for y in 0..<table.outputs {
        let row = Mixture(
            from: pixels + Int(table.starts[y]) &* stride, stride: stride, weights: table.weights + y &* table.taps,
            count: Int(table.counts[y]))
        let to = target + y &* length
        var at = 0
        while at &+ 4 &* lanes <= length {
            row.mixFour(at, to + at)
            at &+= 4 &* lanes
        }
        while at &+ lanes <= length {
            row.mixOne(at, to + at)
            at &+= lanes
        }
        while at < length {
            to[at] = row.mixByte(at)
            at &+= 1
        }
    }
}

/// Some rows and their weights: what makes one output row.
private struct Mixture {
    let from: Bytes, stride: Int
    let weights: UnsafePointer<Int32>, count: Int

    @inline(__always) func mixFour(_ at: Int, _ to: MutableBytes) {
        var a = Ints(repeating: half), b = a, c = a, d = a
        var from = from + at
        for k in 0..<count {
            let weight = Ints(repeating: weights[k])
            a &+= clip_widen(clip_load_bytes(from)) &* weight
            b &+= clip_widen(clip_load_bytes(from + lanes)) &* weight
            c &+= clip_widen(clip_load_bytes(from + 2 &* lanes)) &* weight
            d &+= clip_widen(clip_load_bytes(from + 3 &* lanes)) &* weight
            from += stride
        }
        storeClamped(a, to)
        storeClamped(b, to + lanes)
        storeClamped(c, to + 2 &* lanes)
        storeClamped(d, to + 3 &* lanes)
    }

    @inline(__always) func mixOne(_ at: Int, _ to: MutableBytes) {
        var sum = Ints(repeating: half)
        for k in 0..<count {
            sum &+= clip_widen(clip_load_bytes(from + (at &+ k &* stride))) &* Ints(repeating: weights[k])
        }
        storeClamped(sum, to)
    }

    @inline(__always) func mixByte(_ at: Int) -> UInt8 {
        var sum = half
        for k in 0..<count { sum &+= Int32(from[at &+ k &* stride]) &* weights[k] }
        return UInt8(truncatingIfNeeded: min(max(sum &>> precision, 0), 255))
    }
}

// MARK: Along rows

func rowScratch(_ table: PixelWeights, _ inputs: Int) -> Int {
    // Pairs, their weights, columns, results; and room to begin at a whole vector.
    3 &* ((inputs &+ 1) / 2) &* 64 &+ table.outputs &* pairRoom(table) &* 8 &+ (3 &* inputs &+ lanes) &* lanes
        &+ 3 &* lanes &* lanes &+ 64
}

@inline(__always) private func pairRoom(_ table: PixelWeights) -> Int { table.taps / 2 &+ 1 }

/// Sixteen rows at a time become columns of sixteen bytes, so that one weight serves all lanes.
///
/// A weight of 22 bits is `high · 2¹¹ + low`, and a byte fits into 16 bits: two products of neighbouring pixels are one
/// instruction, twice.
func resampleRows(_ work: RowResampling) {
    let table = work.table, inputs = work.end &- work.first, room = pairRoom(table)
    let start = UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: work.scratch) &+ 63) & ~63)
    guard let start else { return }
    let pairs = start.assumingMemoryBound(to: Ints.self)
    let weights = (pairs + 3 &* ((inputs &+ 1) / 2)).withMemoryRebound(to: PairedWeights.self, capacity: 1) { $0 }
    let columns = UnsafeMutableRawPointer(weights + table.outputs &* room).assumingMemoryBound(to: UInt8.self)
    let results = columns + (3 &* inputs &+ lanes) &* lanes
    pairWeights(table, work.first, room, weights)
    let made = 3 &* table.outputs
    var y = 0
    while y < work.rows {
        let part = min(lanes, work.rows &- y)
        let rows = SixteenRows(
            from: work.pixels + (y &* work.stride &+ 3 &* work.first), stride: work.stride, count: part)
        rows.toColumns(3 &* inputs, columns)
        pairColumns(columns, inputs, pairs)
        var x = 0
        while x < table.outputs {
            let count = min(lanes, table.outputs &- x)
            for i in 0..<count {
                mixColumns(table, x &+ i, work.first, room, pairs, weights, results + 3 &* i &* lanes)
            }
            columnsToRows(results, 3 &* count, work.target + (y &* made &+ 3 &* x), made, part)
            x &+= lanes
        }
        y &+= lanes
    }
}

/// A weight of 2⁻²² as two numbers of 16 bits; those of two pixels lie in one number of 32 bits.
private struct PairedWeights {
    var high: Int32, low: Int32

    @inline(__always) init(_ first: Int32, _ second: Int32) {
        high = (first &>> 11) & 0xFFFF | (second &>> 11) &<< 16
        low = first & 2047 | (second & 2047) &<< 16
    }
}

/// The weights of each output for the pairs that it reads, `[outputs, room]`, from the pair of its first pixel on.
private func pairWeights(
    _ table: PixelWeights, _ first: Int, _ room: Int, _ weights: UnsafeMutablePointer<PairedWeights>
) {
    for x in 0..<table.outputs {
        let row = table.weights + x &* table.taps, count = Int(table.counts[x])
        let before = (Int(table.starts[x]) &- first) & 1
        for i in 0..<(before &+ count &+ 1) / 2 {
            let at = 2 &* i &- before
            weights[x &* room &+ i] = PairedWeights(at >= 0 ? row[at] : 0, at &+ 1 < count ? row[at &+ 1] : 0)
        }
    }
}

/// One output pixel of sixteen rows: three columns of sixteen bytes.
@inline(__always) private func mixColumns(
    _ table: PixelWeights, _ x: Int, _ first: Int, _ room: Int, _ pairs: UnsafeMutablePointer<Ints>,
    _ weights: UnsafeMutablePointer<PairedWeights>, _ result: MutableBytes
) {
    let start = Int(table.starts[x]) &- first
    var weight = weights + x &* room, pair = pairs + 3 &* (start / 2)
    let zero = Ints(repeating: 0), rounding = Ints(repeating: half)
    var redHigh = zero, greenHigh = zero, blueHigh = zero, red = rounding, green = rounding, blue = rounding
    for _ in 0..<((start & 1) &+ Int(table.counts[x]) &+ 1) / 2 {
        let high = Ints(repeating: weight.pointee.high), low = Ints(repeating: weight.pointee.low)
        redHigh = clip_add_pairs(redHigh, pair[0], high)
        red = clip_add_pairs(red, pair[0], low)
        greenHigh = clip_add_pairs(greenHigh, pair[1], high)
        green = clip_add_pairs(green, pair[1], low)
        blueHigh = clip_add_pairs(blueHigh, pair[2], high)
        blue = clip_add_pairs(blue, pair[2], low)
        weight += 1
        pair += 3
    }
    let shift = Ints(repeating: 11)
    storeClamped((redHigh &<< shift) &+ red, result)
    storeClamped((greenHigh &<< shift) &+ green, result + lanes)
    storeClamped((blueHigh &<< shift) &+ blue, result + 2 &* lanes)
}

/// Columns of pixels 2i and 2i + 1 become numbers of 32 bits, the first in the lower half: `[pairs, 3, 16]`. What stands
/// behind the last pixel of an odd count has a weight of 0.
private func pairColumns(_ columns: Bytes, _ pixels: Int, _ pairs: UnsafeMutablePointer<Ints>) {
    for i in 0..<(pixels &+ 1) / 2 {
        let first = columns + 6 &* i &* lanes, second = 2 &* i &+ 1 < pixels ? first + 3 &* lanes : first
        for c in 0..<3 {
            let high = clip_widen(clip_load_bytes(second + c &* lanes)) &<< Ints(repeating: 16)
            pairs[3 &* i &+ c] = clip_widen(clip_load_bytes(first + c &* lanes)) | high
        }
    }
}
