import Kernels
import Tensors

/// The rows that a vision transformer works on: a class token (where there is one) before the patches of each picture,
/// and the position embeddings added — Dosovitskiy et al. 2021, eq. 1.
struct AssemblePatches: Operation {
    let patches: Tensor  // [batch · patchCount, width]
    let classToken: Tensor?  // [width]
    let positions: Tensor  // [tokens, width]
    let batch: Int

    private var tokens: Int { positions.rowCount }
    private var extra: Int { classToken == nil ? 0 : 1 }
    var outputShape: Shape { [batch * tokens, patches.width] }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = patches.width, perPicture = tokens - extra
        parallelRows(of: &y, width: width * tokens, rowsPerTask: 4) { first, rows in
            for picture in 0..<rows.count / (width * tokens) {
                for t in 0..<tokens {
                    let source =
                        t < extra
                        ? classToken?.offset ?? 0
                        : patches.offset + ((first + picture) * perPicture + t - extra) * width
                    let place = positions.offset + t * width, target = (picture * tokens + t) * width
                    for i in 0..<width { rows[target + i] = values[source + i] + values[place + i] }
                }
            }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let width = patches.width, perPicture = tokens - extra
        gradients.add(to: patches, positions, classToken, from: step.y) { dy, dPatches, dPositions, dClass, _ in
            for picture in 0..<batch {
                let rows = dy.extracting(picture * tokens * width..<(picture + 1) * tokens * width)
                addScaled(1, rows, to: &dPositions)
                if extra == 1 { addScaled(1, rows.extracting(0..<width), to: &dClass) }
                let target = picture * perPicture * width..<(picture + 1) * perPicture * width
                dPatches.lend(target) { addScaled(1, rows.extracting(extra * width..<tokens * width), to: &$0) }
            }
        }
    }
}

extension Tape {
    /// Class token, patches `[batch · patchCount, width]` and positions `[tokens, width]` → `[batch · tokens, width]`.
    public mutating func assemblePatches(
        _ patches: Tensor, classToken: Tensor?, positions: Tensor, batch: Int
    ) -> Tensor {
        let tokens = patches.rowCount / batch + (classToken == nil ? 0 : 1)
        precondition(tokens == positions.rowCount, "\(tokens) tokens a picture, positions \(positions.shape)")
        return apply(AssemblePatches(patches: patches, classToken: classToken, positions: positions, batch: batch))
    }
}
