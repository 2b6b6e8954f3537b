extension Picture {
    /// 64 bits that hardly change when a picture is scaled, compressed or slightly recoloured.
    ///
    /// The picture in grey is shrunk to 32 × 32; of its discrete cosine transform (DCT-II) the 8 × 8 slowest waves give
    /// one bit each: whether the wave is stronger than their median, and for the mean, whether it is at least 128. Zauner 2010, "Implementation and benchmarking of
    /// perceptual image hash functions", section 3.2.1. A wave counts as stronger only by half a shade's worth, so that
    /// rounding decides nothing where a picture is flat or symmetric.
    ///
    /// Pictures that differ in few bits look alike: up to 4 is a copy, from about 20 on they are unrelated.
    public var perceptualHash: UInt64 {
        let waves = Self.slowWaves(of: resized(height: 32, width: 32, filter: .box))  // [8, 8]
        let threshold = waves.dropFirst().sorted()[31] + 16
        var hash: UInt64 = waves[0] >= 128 * 1024 ? 1 : 0
        for bit in 1..<64 where waves[bit] > threshold { hash |= 1 << UInt64(bit) }
        return hash
    }

    /// In how many bits the perceptual hashes of two pictures differ: 0…64.
    public static func hashDistance(_ a: UInt64, _ b: UInt64) -> Int { (a ^ b).nonzeroBitCount }

    /// `[8, 8]`: X(u, v) = Σ x(i, j) cos(π(2i + 1)u / 64) cos(π(2j + 1)v / 64).
    private static func slowWaves(of small: Picture) -> [Double] {
        let waves = (0..<8).map { u in (0..<32).map { cosine(.pi * Double((2 * $0 + 1) * u) / 64) } }  // [8, 32]
        let grey = small.luma.map { Double($0) }  // [32, 32]
        var along = [Double](repeating: 0, count: 32 * 8)
        for y in 0..<32 {
            for v in 0..<8 { for x in 0..<32 { along[y * 8 + v] += grey[y * 32 + x] * waves[v][x] } }
        }
        var both = [Double](repeating: 0, count: 64)
        for u in 0..<8 {
            for v in 0..<8 { for y in 0..<32 { both[u * 8 + v] += along[y * 8 + v] * waves[u][y] } }
        }
        return both
    }
}
