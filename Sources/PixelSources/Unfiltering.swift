import CIntrinsics
import PixelInterface

/// Portable Network Graphics (third edition), section 9. Whole vectors or words are read and written; what they write behind
/// a pixel or a row is written again, or lies in the margin.
func unfilter(_ row: FilteredRow) {
    switch row.filter {
    case 0: row.target.update(from: row.bytes, count: row.count)
    case 1: addBefore(row)
    case 2: addAbove(row)
    case 3 where row.step <= 4: addMeans(row, UInt32.self)
    case 3: addMeans(row, UInt64.self)
    default: addNearest(row)
    }
}

/// Sums from the row's begin on: of each pixel and the one before, of these and the two before, and so on; and at last the
/// sum of all that came before this vector.
private func addBefore(_ row: FilteredRow) {
    let step = row.step, whole = lanes / step &* step
    let one = later(step), two = later(2 &* step), four = later(4 &* step), eight = later(8 &* step)
    var last = Bytes16(repeating: 0)
    for i in 0..<lanes { last[i] = UInt8(truncatingIfNeeded: whole &- step &+ i % step) }
    var before = Bytes16(repeating: 0), at = 0
    while at < row.count {
        var sums = clip_load_bytes(row.bytes + at)
        sums &+= clip_pick(sums, one)
        sums &+= clip_pick(sums, two)
        sums &+= clip_pick(sums, four)
        sums &+= clip_pick(sums, eight)
        sums &+= before
        clip_store_bytes(sums, row.target + at)
        before = clip_pick(sums, last)
        at &+= whole
    }
}

/// The places that move bytes so many places on.
@inline(__always) private func later(_ count: Int) -> Bytes16 {
    var places = Bytes16(repeating: 128)
    for i in 0..<lanes where i >= count { places[i] = UInt8(truncatingIfNeeded: i &- count) }
    return places
}

private func addAbove(_ row: FilteredRow) {
    var at = 0
    while at < row.count {
        clip_store_bytes(clip_load_bytes(row.bytes + at) &+ clip_load_bytes(row.above + at), row.target + at)
        at &+= lanes
    }
}

/// A pixel in each word, whose bytes are added and halved beside each other: no carry gets from one into the next.
@inline(__always)
private func addMeans<Word: FixedWidthInteger & UnsignedInteger>(_ row: FilteredRow, _ word: Word.Type) {
    let ones = Word.max / 255, low = 0x7F &* ones, high = 0x80 &* ones, halved = 0xFE &* ones
    let bytes = UnsafeRawPointer(row.bytes), above = UnsafeRawPointer(row.above),
        target = UnsafeMutableRawPointer(row.target)
    var before: Word = 0, at = 0
    while at < row.count {
        let here = (bytes + at).loadUnaligned(as: Word.self), over = (above + at).loadUnaligned(as: Word.self)
        let mean = (before & over) &+ (((before ^ over) & halved) &>> 1)
        before = ((here & low) &+ (mean & low)) ^ ((here ^ mean) & high)
        (target + at).storeBytes(of: before, as: Word.self)
        at &+= row.step
    }
}

private func addNearest(_ row: FilteredRow) {
    let byte = SIMD8<Int16>(repeating: 255)
    var before = SIMD8<Int16>(repeating: 0), corner = before, at = 0
    while at < row.count {
        let above = clip_load_shorts8(row.above + at)
        before = (clip_load_shorts8(row.bytes + at) &+ clip_nearest_neighbour(before, above, corner)) & byte
        clip_store_shorts8(before, row.target + at)
        corner = above
        at &+= row.step
    }
}
