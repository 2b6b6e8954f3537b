import Images

/// How a square picture is cut into square patches, each one row of the matrix that a vision transformer multiplies.
///
/// Patches lie left to right, then top to bottom. Within a row the order is channel, y, x, as the weight of a
/// convolution `[width, 3, patchSize, patchSize]` flattens — Dosovitskiy et al. 2021 (ViT), equation 1.
public struct PatchLayout: Sendable, Equatable {
    /// The picture's side, pixels: a multiple of `patchSize`.
    public let side: Int
    /// A patch's side, pixels.
    public let patchSize: Int

    /// Patches of `patchSize` × `patchSize` pixels from a picture of `side` × `side`.
    public init(side: Int, patchSize: Int) {
        precondition(patchSize > 0 && side % patchSize == 0, "side \(side) is no multiple of patch size \(patchSize)")
        self.side = side
        self.patchSize = patchSize
    }

    /// Patches along one side.
    public var patchesPerSide: Int { side / patchSize }
    /// The number of patches: rows.
    public var patches: Int { patchesPerSide * patchesPerSide }
    /// The length of a row: `3 · patchSize²`.
    public var rowWidth: Int { 3 * patchSize * patchSize }

    /// Writes one picture's patches, with each colour `c` as `(c / 255 − mean) / std` of its channel.
    ///
    /// - Parameters:
    ///   - pixels: `[side, side, 3]`, 8 bit.
    ///   - mean: Three means, of colours in 0…1.
    ///   - std: Three deviations, of colours in 0…1.
    ///   - shown: The patches to write, by their number.
    ///   - rows: `[shown.count, 3 · patchSize²]`, all of which is overwritten.
    public func write(
        _ pixels: Span<UInt8>, mean: [Float], std: [Float], only shown: some Collection<Int>,
        into rows: inout MutableSpan<Float>
    ) {
        precondition(pixels.count == side * side * 3, "expected \(side * side * 3) bytes, found \(pixels.count)")
        precondition(
            rows.count == shown.count * rowWidth, "expected \(shown.count * rowWidth) floats, found \(rows.count)")
        for (number, patch) in shown.enumerated() {
            let start = 3 * patchSize * (patch / patchesPerSide * side + patch % patchesPerSide)
            normalizePatch(
                pixels.extracting(start..<pixels.count), stride: 3 * side, side: patchSize, mean: mean, std: std,
                into: &rows, at: number * rowWidth)
        }
    }

    /// Writes the patches of one strip of a picture: `patchSize` rows of pixels, of which this is the one with `number` from
    /// the top.
    ///
    /// - Parameter rows: Those of all patches, of which the strip's are overwritten.
    func write(
        strip pixels: Span<UInt8>, number: Int, mean: [Float], std: [Float], into rows: inout MutableSpan<Float>
    ) {
        precondition(pixels.count == patchSize * side * 3, "expected \(patchSize) rows, found \(pixels.count) bytes")
        for patch in 0..<patchesPerSide {
            normalizePatch(
                pixels.extracting(3 * patchSize * patch..<pixels.count), stride: 3 * side, side: patchSize, mean: mean,
                std: std, into: &rows, at: (number * patchesPerSide + patch) * rowWidth)
        }
    }

    /// The same for all patches.
    public func write(_ pixels: Span<UInt8>, mean: [Float], std: [Float], into rows: inout MutableSpan<Float>) {
        write(pixels, mean: mean, std: std, only: 0..<patches, into: &rows)
    }
}
