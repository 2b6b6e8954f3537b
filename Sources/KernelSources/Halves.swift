import CIntrinsics
import KernelInterface

/// Floats as half-precision ones, each the nearest, two bytes apart.
func halve(_ count: Int, _ x: In, _ out: UnsafeMutableRawPointer) {
    var i = 0
    while i &+ 16 <= count {
        clip_store_halves(clip_load_floats(x + i), out + 2 &* i)
        i &+= 16
    }
    while i < count {
        clip_store_half(x[i], out + 2 &* i)
        i &+= 1
    }
}

/// Half-precision floats as floats.
func widen(_ count: Int, _ halves: UnsafeRawPointer, _ out: Out) {
    var i = 0
    while i &+ 16 <= count {
        clip_store_floats(clip_load_halves(halves + 2 &* i), out + i)
        i &+= 16
    }
    while i < count {
        out[i] = clip_load_half(halves + 2 &* i)
        i &+= 1
    }
}

/// `Σ x·q` of half-precision floats x and floats q, in an order that is the same at all levels: 32 interleaved sums; of the
/// rest below 32, one sum.
func halfDot(_ count: Int, _ halves: UnsafeRawPointer, _ q: In) -> Float {
    var a = SIMD16<Float>.zero, b = SIMD16<Float>.zero, i = 0
    while i &+ 32 <= count {
        a = clip_multiply_add(clip_load_halves(halves + 2 &* i), clip_load_floats(q + i), a)
        b = clip_multiply_add(clip_load_halves(halves + (2 &* i &+ 32)), clip_load_floats(q + (i &+ 16)), b)
        i &+= 32
    }
    var rest: Float = 0
    while i < count {
        rest = clip_multiply_add1(clip_load_half(halves + 2 &* i), q[i], rest)
        i &+= 1
    }
    return clip_sum(a + b) + rest
}

/// The same for four queries, whose rows are `count` floats apart: `out[0..<4]`.
func halfDots(_ count: Int, _ halves: UnsafeRawPointer, _ q: In, _ out: Out) {
    var a0 = SIMD16<Float>.zero, a1 = SIMD16<Float>.zero, a2 = SIMD16<Float>.zero, a3 = SIMD16<Float>.zero
    var b0 = SIMD16<Float>.zero, b1 = SIMD16<Float>.zero, b2 = SIMD16<Float>.zero, b3 = SIMD16<Float>.zero
    var i = 0
    while i &+ 32 <= count {
        let x = clip_load_halves(halves + 2 &* i), y = clip_load_halves(halves + (2 &* i &+ 32))
        let p = q + i
        a0 = clip_multiply_add(x, clip_load_floats(p), a0)
        b0 = clip_multiply_add(y, clip_load_floats(p + 16), b0)
        a1 = clip_multiply_add(x, clip_load_floats(p + count), a1)
        b1 = clip_multiply_add(y, clip_load_floats(p + (count &+ 16)), b1)
        a2 = clip_multiply_add(x, clip_load_floats(p + 2 &* count), a2)
        b2 = clip_multiply_add(y, clip_load_floats(p + (2 &* count &+ 16)), b2)
        a3 = clip_multiply_add(x, clip_load_floats(p + 3 &* count), a3)
        b3 = clip_multiply_add(y, clip_load_floats(p + (3 &* count &+ 16)), b3)
        i &+= 32
    }
    var rest = SIMD4<Float>.zero
    while i < count {
        let x = clip_load_half(halves + 2 &* i)
        for r in 0..<4 { rest[r] = clip_multiply_add1(x, q[r &* count &+ i], rest[r]) }
        i &+= 1
    }
    out[0] = clip_sum(a0 + b0) + rest[0]
    out[1] = clip_sum(a1 + b1) + rest[1]
    out[2] = clip_sum(a2 + b2) + rest[2]
    out[3] = clip_sum(a3 + b3) + rest[3]
}
