import Augmentations
import Kernels

/// Cuts `pictures` `[count, side, side, 3]` into normalised patches: `rows` is `[count·patches, 3·patchSize²]`, or
/// `[places.count, 3·patchSize²]` where each picture shows only some of its patches.
func writePatches(
    of pictures: [UInt8], _ layout: PatchLayout, _ preprocessing: Preprocessing, places: [Int]? = nil,
    into rows: inout MutableSpan<Float>
) {
    let pixelCount = 3 * layout.side * layout.side, count = pictures.count / pixelCount
    let shown = places.map { $0.count / max(count, 1) } ?? layout.patches, all = Array(0..<layout.patches)
    parallelRows(of: &rows, width: shown * layout.rowWidth, rowsPerTask: 1) { picture, own in
        layout.write(
            pictures.span.extracting(picture * pixelCount..<(picture + 1) * pixelCount), mean: preprocessing.mean,
            std: preprocessing.std, only: places.map { $0[picture * shown..<(picture + 1) * shown] } ?? all[...],
            into: &own)
    }
}
