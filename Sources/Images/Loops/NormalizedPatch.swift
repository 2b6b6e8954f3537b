import PixelInterface

/// Writes a square part of a picture as numbers: `(colour / 255 − mean) / std` of its channel.
///
/// - Parameters:
///   - pixels: Rows of RGB from the part's first pixel on, 8 bit; as many as the part needs.
///   - stride: Bytes from one row to the next.
///   - side: The part's side, pixels.
///   - mean: Three means, of colours in 0…1.
///   - std: Three deviations, of colours in 0…1.
///   - rows: Where the numbers go, `[3, side, side]` from place `start` on.
///   - start: The first place.
package func normalizePatch(
    _ pixels: Span<UInt8>, stride: Int, side: Int, mean: [Float], std: [Float], into rows: inout MutableSpan<Float>,
    at start: Int
) {
    let needed = (side - 1) * stride + side * 3
    precondition(side > 0 && pixels.count >= needed, "expected \(needed) bytes, found \(pixels.count)")
    precondition(
        start >= 0 && start + 3 * side * side <= rows.count,
        "\(3 * side * side) floats from \(start) on are not inside \(rows.count)")
    precondition(mean.count == 3 && std.count == 3, "expected 3 means and deviations")
    // Sound: all that is read and written was counted above.
    unsafe pixels.withUnsafeBufferPointer { pixels in
        unsafe rows.withUnsafeMutableBufferPointer { rows in
            guard let base = rows.baseAddress, let source = pixels.baseAddress else { return }
            unsafe mean.withUnsafeBufferPointer { mean in
                unsafe std.withUnsafeBufferPointer { std in
                    guard let mean = mean.baseAddress, let std = std.baseAddress else { return }
                    unsafe loops.normalize(
                        Normalization(
                            pixels: source, stride: stride, side: side, mean: mean, std: std, numbers: base + start))
                }
            }
        }
    }
}
