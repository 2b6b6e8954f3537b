/// Luck as a function: Philox-4x32-10 keyed by (seed, purpose) and counted by (epoch, item, draw).
///
/// Resuming a run needs these numbers and no generator's state. Salmon et al. 2011, "Parallel random numbers: as easy
/// as 1, 2, 3", section 3.3 and table 2.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    /// What the luck is for; two purposes never share a number.
    public enum Purpose: UInt32, Sendable {
        case weights = 1
        case order, caption, augmentation, dropout, split, clustering, scene, test, patches, views, masking, texts,
            resampling, projection
    }

    private let key: SIMD2<UInt32>
    private var counter: SIMD4<UInt32>  // draw, item, item's high half, epoch
    private var block: SIMD4<UInt32> = .zero
    private var used = 4

    /// The stream of one item in one epoch.
    public init(seed: UInt64, purpose: Purpose, epoch: Int = 0, item: Int = 0) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32) ^ (purpose.rawValue << 24))
        let item = UInt64(item)
        counter = SIMD4(0, UInt32(truncatingIfNeeded: item), UInt32(item >> 32), UInt32(epoch))
    }

    private mutating func next32() -> UInt32 {
        if used == 4 {
            block = Self.philox(counter, key)
            counter[0] &+= 1
            used = 0
        }
        used += 1
        return block[used - 1]
    }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        let low = next32()
        return UInt64(next32()) << 32 | UInt64(low)
    }

    /// A float in `0..<1`, a multiple of 2⁻²⁴.
    public mutating func uniform() -> Float { Float(next32() >> 8) * 0x1p-24 }

    /// A float in `range`.
    public mutating func uniform(in range: ClosedRange<Float>) -> Float {
        min(range.lowerBound + (range.upperBound - range.lowerBound) * uniform(), range.upperBound)
    }

    /// An integer in `0..<bound`, without bias for bounds below 2³² to within 2⁻³².
    public mutating func index(below bound: Int) -> Int {
        Int((UInt64(next32()) &* UInt64(bound)) >> 32)
    }

    /// A float with mean 0 and deviation 1, near-normal: eight uniform numbers of 16 bits added up (Irwin–Hall), so that
    /// no library's logarithm decides the bits. Never beyond ±4.9.
    public mutating func normal() -> Float {
        var sum: UInt32 = 0
        for _ in 0..<4 {
            let word = next32()
            sum &+= (word & 0xFFFF) &+ (word >> 16)
        }
        return (Float(sum) - 8 * 32_767.5) * 1.868_812_4e-5  // √(12 / 8) / 65536
    }

    /// Whether an event of the given probability happens.
    public mutating func happens(_ probability: Float) -> Bool { uniform() < probability }

    /// The numbers `0..<count` in random order (Fisher–Yates).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, index(below: i + 1)) }
        return order
    }

    /// One block of four words: ten rounds of two 32 × 32 bit products.
    static func philox(_ counter: SIMD4<UInt32>, _ key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var c = counter, k = key
        for _ in 0..<10 {
            let first = c[0].multipliedFullWidth(by: 0xD251_1F53), second = c[2].multipliedFullWidth(by: 0xCD9E_8D57)
            c = SIMD4(second.high ^ c[1] ^ k[0], second.low, first.high ^ c[3] ^ k[1], first.low)
            k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return c
    }
}
