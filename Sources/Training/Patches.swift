import Augmentations
import Kernels
import Towers

/// Cuts `pictures` `[count, side, side, 3]` into normalised patches: `rows` is `[count·patches, 3·patchSize²]`.
func writePatches(
    of pictures: [UInt8], _ plan: ModelPlan, _ preprocessing: Preprocessing, into rows: inout MutableSpan<Float>
) {
    let layout = PatchLayout(side: plan.imageSize, patchSize: plan.patchSize)
    let pixelCount = 3 * plan.imageSize * plan.imageSize
    parallelRows(of: &rows, width: layout.patches * layout.rowWidth, rowsPerTask: 1) { picture, own in
        layout.write(
            pictures.span.extracting(picture * pixelCount..<(picture + 1) * pixelCount), mean: preprocessing.mean,
            std: preprocessing.std, into: &own)
    }
}
