public import Autodiff
public import Tensors

/// What lies before the embedding: features, which a tower pools its rows to, and the rows themselves.
///
/// Everywhere `patches`, `gridSide`, `places`, `tokens` and `segments` are what `embed` takes, and the tower must not be
/// locked. `kinds` tells of each token whether it is of the first or of the second of two sentences, 0 or 1 (Devlin et al.
/// 2019, figure 2), in towers that have rows for that; all are of the first where it is nil. `dropout` is the share of
/// numbers that a recorded step sets to zero in what enters the blocks and in what attention and hidden layer add to the
/// rows: BERT's hidden dropout (Devlin et al. 2019, appendix A.2), which is all that tells two passes of a text apart in Gao
/// et al. 2021 (SimCSE), section 3, where it is 0.1.
extension Model {
    /// The features of pictures, `[batch, featureWidth]`.
    public func features(
        patches: Tensor, gridSide: Int? = nil, places: [Int]? = nil, masked: MaskedPatches? = nil, batch: Int,
        dropout: Float = 0, on tape: inout Tape
    ) -> Tensor {
        let mark = tape.mark
        return tape.release(
            to: mark,
            keeping: pictureTower.encode(
                patches: patches, gridSide: gridSide, places: places, masked: masked, batch: batch, dropout: dropout,
                on: &tape))
    }

    /// The features of texts, `[texts, featureWidth]`.
    public func features(
        tokens: [Int32], segments: Segments, kinds: [Int32]? = nil, dropout: Float = 0, on tape: inout Tape
    ) -> Tensor {
        let mark = tape.mark
        return tape.release(
            to: mark, keeping: textTower.encode(tokens: tokens, segments, kinds: kinds, dropout: dropout, on: &tape))
    }

    /// All rows of pictures, `[batch·(extra + shown patches), width]`, behind the tower's last norm.
    public func rows(
        patches: Tensor, gridSide: Int? = nil, places: [Int]? = nil, masked: MaskedPatches? = nil, batch: Int,
        dropout: Float = 0, on tape: inout Tape
    ) -> TowerRows {
        let mark = tape.mark, extra = plan.vision.extraRows, shown = patches.rowCount / batch
        let rows = pictureTower.rows(
            patches: patches, gridSide: gridSide, places: places, masked: masked, batch: batch, dropout: dropout,
            on: &tape)
        return TowerRows(
            side: .image, tensor: tape.release(to: mark, keeping: rows),
            segments: Segments(count: batch, length: shown + extra), extra: extra)
    }

    /// All rows of texts, `[tokens, width]`, behind the tower's last norm.
    public func rows(
        tokens: [Int32], segments: Segments, kinds: [Int32]? = nil, dropout: Float = 0, on tape: inout Tape
    ) -> TowerRows {
        let mark = tape.mark
        let rows = textTower.rows(tokens: tokens, segments, kinds: kinds, dropout: dropout, on: &tape)
        return TowerRows(
            side: .text, tensor: tape.release(to: mark, keeping: rows), segments: segments, extra: 0)
    }

    /// The rows that tokens enter the text tower as, `[vocabSize, width]`: what a decoder of masked tokens shares (Press and
    /// Wolf 2017, section 1). The tower must not be locked.
    public var tokenTable: Tensor { textTower.tokens }

    private var pictureTower: VisionTower {
        guard let vision else { preconditionFailure("the model has no picture tower of its own") }
        return vision
    }

    private var textTower: TextTower {
        guard let text else { preconditionFailure("the model has no text tower of its own") }
        return text
    }
}
