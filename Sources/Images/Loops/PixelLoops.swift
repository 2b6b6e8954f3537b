import CImageCodecs

/// The loops over pixels that are compiled for several levels of instructions.
package enum PixelLoops {
    /// Uses no level above this one from now on: 0 any processor, 1 AVX2, 2 AVX-512. For tests: all give the same bytes.
    package static func limitLevel(to level: Int) { clip_limit_level(Int32(level)) }
}
