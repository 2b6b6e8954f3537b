import CIntrinsics
import PixelInterface

/// Row by row: first a mixture of the rows around it, with some pixels more at both ends, mirrored; then along itself.
///
/// The kernel is symmetric, so the two bytes at each distance are added before they are multiplied. Sums are exact, and
/// rounded to 8 bit once in each direction.
func blur(_ work: Blurring) {
    let length = 3 &* work.width, margin = 3 &* work.rowReach, row = work.scratch + margin
    for y in 0..<work.height {
        let to = work.target + y &* length
        let isInside = y >= work.columnReach && y &+ work.columnReach < work.height
        let vertical = Distances(
            weights: work.columns, reach: work.columnReach, here: work.pixels + y &* length, y: isInside ? -1 : y,
            height: work.height, stride: length)
        mix(vertical, length, work.rowReach == 0 ? to : row)
        guard work.rowReach > 0 else { continue }
        for pixel in 1...work.rowReach {
            let left = mirrored(-pixel, work.width), right = mirrored(work.width &- 1 &+ pixel, work.width)
            for c in 0..<3 {
                row[c &- 3 &* pixel] = row[3 &* left &+ c]
                row[length &+ 3 &* (pixel &- 1) &+ c] = row[3 &* right &+ c]
            }
        }
        mix(
            Distances(weights: work.rows, reach: work.rowReach, here: row, y: -1, height: 0, stride: 3), length, to)
    }
}

/// The place inside of `count` that a mirror at the edge shows, which is not repeated.
@inline(__always) private func mirrored(_ place: Int, _ count: Int) -> Int {
    let inside = abs(place)
    return inside < count ? inside : 2 &* (count &- 1) &- inside
}

/// What is mixed into one row: what lies so far before it and behind it.
private struct Distances {
    let weights: UnsafePointer<Int16>, reach: Int
    let here: Bytes
    /// The row's place among `height` that are mirrored at their edges; −1 where nothing is.
    let y: Int, height: Int
    let stride: Int

    /// Bytes from `here` to the two that lie `distance` away.
    @inline(__always) func offsets(_ distance: Int) -> (Int, Int) {
        guard y >= 0 else { return (-distance &* stride, distance &* stride) }
        return (
            (mirrored(y &- distance, height) &- y) &* stride, (mirrored(y &+ distance, height) &- y) &* stride
        )
    }
}

@inline(__always) private var blurBits: Int32 { 15 }

private func mix(_ from: Distances, _ length: Int, _ to: MutableBytes) {
    var at = 0
    while at &+ 64 <= length {
        mixVectors(from, at, to + at, twice: true)
        at &+= 64
    }
    while at &+ 32 <= length {
        mixVectors(from, at, to + at, twice: false)
        at &+= 32
    }
    while at < length {
        var sum = (Int32(1) << (blurBits - 1)) &+ Int32(from.here[at]) &* Int32(from.weights[0])
        for k in stride(from: 1, through: from.reach, by: 1) {
            let (before, behind) = from.offsets(k)
            let both = Int32(from.here[at &+ before]) &+ Int32(from.here[at &+ behind])
            sum &+= both &* Int32(from.weights[k])
        }
        to[at] = UInt8(truncatingIfNeeded: sum &>> blurBits)
        at &+= 1
    }
}

/// 32 bytes, or twice as many.
@inline(__always) private func mixVectors(_ from: Distances, _ at: Int, _ to: MutableBytes, twice: Bool) {
    let here = from.here + at, rounding = Ints(repeating: Int32(1) << (blurBits - 1))
    var a = rounding, b = rounding, c = rounding, d = rounding
    // Distances 0 and 1, 2 and 3, …: one behind the reach has a weight of 0.
    var k = 0
    while k <= from.reach {
        let low = Int32(from.weights[k]), high = k < from.reach ? Int32(from.weights[k &+ 1]) : 0
        let weights = Ints(repeating: low | high &<< 16)
        let (before, behind) = from.offsets(k), (beforeNext, behindNext) = from.offsets(min(k &+ 1, from.reach))
        func both(_ offset: Int, _ before: Int, _ behind: Int) -> SIMD32<UInt16> {
            clip_load_shorts(here + (offset &+ before)) &+ clip_load_shorts(here + (offset &+ behind))
        }
        let first = k == 0 ? clip_load_shorts(here) : both(0, before, behind), second = both(0, beforeNext, behindNext)
        a = clip_add_pairs(a, clip_pair_first(first, second), weights)
        b = clip_add_pairs(b, clip_pair_last(first, second), weights)
        if twice {
            let first = k == 0 ? clip_load_shorts(here + 32) : both(32, before, behind)
            let second = both(32, beforeNext, behindNext)
            c = clip_add_pairs(c, clip_pair_first(first, second), weights)
            d = clip_add_pairs(d, clip_pair_last(first, second), weights)
        }
        k &+= 2
    }
    let shift = Ints(repeating: blurBits)
    clip_store_pairs(a &>> shift, b &>> shift, to)
    if twice { clip_store_pairs(c &>> shift, d &>> shift, to + 32) }
}
