package import KernelInterface

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Floats of one task in a pass over long vectors; it fixes the order of additions.
private let chunk = 16_384

/// `Σ a·b`.
public func dot(_ a: Span<Float>, _ b: Span<Float>) -> Float {
    check("dot product", b.count, is: a.count)
    return unsafe kernels.dot(a.count, pointer(a), pointer(b))
}

/// `Σ x²`, by fixed chunks whose sums are added in order as doubles.
public func sumOfSquares(_ x: Span<Float>) -> Double {
    let count = x.count, chunks = (count + chunk - 1) / chunk, set = kernels
    let sums = unsafe ThreadScratch.floats(.rows, chunks), x = unsafe pointer(x)
    parallelFor(chunks) { i in
        let part = unsafe x + i * chunk
        unsafe sums[i] = set.dot(min(chunk, count - i * chunk), part, part)
    }
    return (0..<chunks).reduce(0) { unsafe $0 + Double(sums[$1]) }
}

/// `y += scale·x`.
public func addScaled(_ scale: Float, _ x: Span<Float>, to y: inout MutableSpan<Float>) {
    check("scaled sum", x.count, is: y.count)
    let count = x.count, set = kernels
    let (x, y) = unsafe (pointer(x), pointer(&y))
    parallelFor((count + chunk - 1) / chunk) { i in
        unsafe set.addScaled(min(chunk, count - i * chunk), scale, x + i * chunk, y + i * chunk)
    }
}

extension KernelSet {
    /// `out = exp(x − shift)` for a row; returns the sum.
    package func exponentials(_ x: Span<Float>, shift: Float, into out: inout MutableSpan<Float>) -> Float {
        check("exponentials", out.count, is: x.count)
        return unsafe exponentials(x.count, pointer(x), shift, pointer(&out))
    }
}

/// eˣ of one number.
public func exponential(_ x: Float) -> Float { expf(x) }

/// The natural logarithm of one number.
public func naturalLogarithm(_ x: Float) -> Float { logf(x) }

/// The cosine of one angle in radians.
public func cosine(_ x: Float) -> Float { cosf(x) }
