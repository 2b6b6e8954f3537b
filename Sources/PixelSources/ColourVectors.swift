import CIntrinsics
import PixelInterface

// The vectors of the loops over pixels. Every step on them is a function of `CIntrinsics`, so that it is inlined in every
// build, or an operator of `SIMD16`.
typealias Bytes16 = SIMD16<UInt8>
typealias Ints = SIMD16<Int32>
typealias Floats = SIMD16<Float>

@inline(__always) var lanes: Int { 16 }

/// Sixteen pixels, channel by channel.
struct ColourVectors {
    var red: Bytes16, green: Bytes16, blue: Bytes16

    @inline(__always) init(red: Bytes16, green: Bytes16, blue: Bytes16) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// Takes 48 bytes apart. What comes from one of their three thirds is 0 in what comes from the others.
    @inline(__always) init(_ from: Bytes) {
        let a = clip_load_bytes(from), b = clip_load_bytes(from + 16), c = clip_load_bytes(from + 32)
        let o: UInt8 = 255
        red =
            clip_pick(a, Bytes16(0, 3, 6, 9, 12, 15, o, o, o, o, o, o, o, o, o, o))
            | clip_pick(b, Bytes16(o, o, o, o, o, o, 2, 5, 8, 11, 14, o, o, o, o, o))
            | clip_pick(c, Bytes16(o, o, o, o, o, o, o, o, o, o, o, 1, 4, 7, 10, 13))
        green =
            clip_pick(a, Bytes16(1, 4, 7, 10, 13, o, o, o, o, o, o, o, o, o, o, o))
            | clip_pick(b, Bytes16(o, o, o, o, o, 0, 3, 6, 9, 12, 15, o, o, o, o, o))
            | clip_pick(c, Bytes16(o, o, o, o, o, o, o, o, o, o, o, 2, 5, 8, 11, 14))
        blue =
            clip_pick(a, Bytes16(2, 5, 8, 11, 14, o, o, o, o, o, o, o, o, o, o, o))
            | clip_pick(b, Bytes16(o, o, o, o, o, 1, 4, 7, 10, 13, o, o, o, o, o, o))
            | clip_pick(c, Bytes16(o, o, o, o, o, o, o, o, o, o, 0, 3, 6, 9, 12, 15))
    }

    /// Puts 48 bytes together.
    @inline(__always) func store(_ to: MutableBytes) {
        let o: UInt8 = 255
        clip_store_bytes(
            clip_pick(red, Bytes16(0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o, o, 5))
                | clip_pick(green, Bytes16(o, 0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o, o))
                | clip_pick(blue, Bytes16(o, o, 0, o, o, 1, o, o, 2, o, o, 3, o, o, 4, o)), to)
        clip_store_bytes(
            clip_pick(red, Bytes16(o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o, 10, o))
                | clip_pick(green, Bytes16(5, o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o, 10))
                | clip_pick(blue, Bytes16(o, 5, o, o, 6, o, o, 7, o, o, 8, o, o, 9, o, o)), to + 16)
        clip_store_bytes(
            clip_pick(red, Bytes16(o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15, o, o))
                | clip_pick(green, Bytes16(o, o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15, o))
                | clip_pick(blue, Bytes16(10, o, o, 11, o, o, 12, o, o, 13, o, o, 14, o, o, 15)), to + 32)
    }

    /// The brightness: `(19595 R + 38470 G + 7471 B + 2¹⁵) / 2¹⁶`, as Pillow's `convert("L")`.
    @inline(__always) var luma: Ints {
        let sum =
            clip_widen(red) &* Ints(repeating: 19595) &+ clip_widen(green) &* Ints(repeating: 38470)
            &+ clip_widen(blue) &* Ints(repeating: 7471) &+ Ints(repeating: 0x8000)
        return sum &>> Ints(repeating: 16)
    }

    /// Runs `body` over sixteen pixels after the other; what is left over is done in a copy, padded with black.
    @inline(__always) static func forAll(
        _ pixels: MutableBytes, _ count: Int, _ body: (inout ColourVectors) -> Void
    ) {
        var at = 0
        while at &+ lanes <= count {
            var colours = ColourVectors(pixels + 3 &* at)
            body(&colours)
            colours.store(pixels + 3 &* at)
            at &+= lanes
        }
        guard at < count else { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 &* lanes) { rest in
            guard let copy = rest.baseAddress else { return }
            copy.update(repeating: 0, count: 3 &* lanes)
            copy.update(from: pixels + 3 &* at, count: 3 &* (count &- at))
            var colours = ColourVectors(copy)
            body(&colours)
            colours.store(copy)
            (pixels + 3 &* at).update(from: copy, count: 3 &* (count &- at))
        }
    }
}
