import Autodiff
import Datasets
import Objectives
import Towers

/// From texts to what their objectives need.
extension Trainer {
    /// The share of its numbers that the text tower drops where a text is its own partner — Gao et al. 2021, table 3.
    static let twiceDropout: Float = 0.1

    mutating func embedTexts(of batch: Batch, into embedded: inout EmbeddedBatch) {
        let wanted = TextNeeds(needs)
        for (pairing, texts) in zip(wanted.pairings, batch.texts) {
            let first = texts.texts(at: 0)
            guard pairing != .twice else {
                embedded.textPairs[pairing] = twice(first.rows, ids: first.ids)
                continue
            }
            let second = texts.texts(at: 1), firstRows = features(of: first.rows)
            embedded.textPairs[pairing] = TwoViews(
                first: firstRows, second: features(of: second.rows), ids: first.ids, secondIDs: second.ids)
        }
        if material == .pairs, wanted.pairings.contains(.twice) {
            let captions = TokenRows(tokens: batch.tokens, segments: batch.segments)
            embedded.textPairs[.twice] = twice(captions, ids: batch.captionIDs)
        }
        for (masking, texts) in zip(wanted.maskings, batch.maskedTexts) {
            let rows = model.rows(tokens: texts.input.tokens, segments: texts.input.segments, on: &tape)
            embedded.maskedTokens[masking] = PredictedTokens(
                rows: tape.gatherRows(rows.tensor, texts.places), targets: texts.targets, table: model.tokenTable)
        }
        if let texts = batch.deletedTexts {
            embedded.deletedTokens = EncodedTexts(
                rows: features(of: texts.input), tokens: texts.whole.tokens, segments: texts.whole.segments,
                table: model.tokenTable)
        }
        var others = batch.texts.dropFirst(wanted.pairings.count)
        if wanted.hasSentencePairs, let texts = others.popFirst() {
            let rows = model.features(
                tokens: texts.rows.tokens, segments: texts.rows.segments,
                kinds: plan.segmentKinds == 2 ? texts.kinds : nil, on: &tape)
            embedded.sentencePairs = EmbeddedSentencePairs(rows: rows, isNext: texts.isNext)
        }
        if wanted.hasPassages, let texts = others.popFirst() {
            embedded.passages = EmbeddedPassages(
                rows: features(of: texts.rows), documents: texts.items, ids: texts.ids)
        }
    }

    /// Texts under two drops of the tower's numbers.
    private mutating func twice(_ texts: TokenRows, ids: [Int]) -> TwoViews {
        let first = features(of: texts, dropout: Self.twiceDropout)
        return TwoViews(first: first, second: features(of: texts, dropout: Self.twiceDropout), ids: ids)
    }

    /// What the text tower makes of texts: `[texts, textWidth]`.
    private mutating func features(of texts: TokenRows, dropout: Float = 0) -> Tensor {
        model.features(tokens: texts.tokens, segments: texts.segments, dropout: dropout, on: &tape)
    }
}
