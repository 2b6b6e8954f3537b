// Loops over doubles: for what is fitted once, where the last digits count and speed comes second.

/// Eight doubles that need no alignment.
@inline(__always) func load(_ x: UnsafePointer<Double>) -> SIMD8<Double> {
    unsafe UnsafeRawPointer(x).loadUnaligned(as: SIMD8<Double>.self)
}

@inline(__always) func store(_ values: SIMD8<Double>, _ x: UnsafeMutablePointer<Double>) {
    unsafe UnsafeMutableRawPointer(x).storeBytes(of: values, as: SIMD8<Double>.self)
}

/// `Σ a·b`, in eight interleaved sums that are added in a fixed order.
func dot(_ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
    var sums = SIMD8<Double>.zero, i = 0
    while i &+ 8 <= count {
        unsafe sums += load(a + i) * load(b + i)
        i &+= 8
    }
    var sum = sums.sum()
    while i < count {
        unsafe sum += a[i] * b[i]
        i &+= 1
    }
    return sum
}

/// `y += s·x`.
func addScaled(_ count: Int, _ s: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    var i = 0
    while i &+ 8 <= count {
        unsafe store(load(y + i) + s * load(x + i), y + i)
        i &+= 8
    }
    while i < count {
        unsafe y[i] += s * x[i]
        i &+= 1
    }
}

/// `z += s·x + t·y`.
func addScaled(
    _ count: Int, _ s: Double, _ x: UnsafePointer<Double>, _ t: Double, _ y: UnsafePointer<Double>,
    _ z: UnsafeMutablePointer<Double>
) {
    var i = 0
    while i &+ 8 <= count {
        unsafe store(load(z + i) + (s * load(x + i) + t * load(y + i)), z + i)
        i &+= 8
    }
    while i < count {
        unsafe z[i] += s * x[i] + t * y[i]
        i &+= 1
    }
}
