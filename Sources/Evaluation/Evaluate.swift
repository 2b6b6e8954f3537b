/// Retrieval in both directions, exactly: every query is compared with every candidate.
///
/// A query of `text_to_image` is one caption of one picture, so a caption with three pictures asks three times; a query
/// of `image_to_text` is a picture. Any right answer counts. Equal captions are one candidate.
///
/// - Parameters:
///   - pictures: `[pairs.captions.count, embedDim]`, rows of length one.
///   - captions: `[pairs.texts.count, embedDim]`, rows of length one.
public func retrieval(
    pictures: Span<Float>, captions: Span<Float>, embedDim: Int, pairs: Pairs
) -> RetrievalReport {
    precondition(
        pictures.count == pairs.captions.count * embedDim && captions.count == pairs.texts.count * embedDim,
        "found \(pictures.count) and \(captions.count) floats, expected \(pairs.captions.count) pictures and "
            + "\(pairs.texts.count) captions of \(embedDim)")
    let byCaption = ranks(of: captions, among: pictures, embedDim: embedDim, right: pairs.pictures)
    let byPicture = ranks(of: pictures, among: captions, embedDim: embedDim, right: pairs.captions)
    let asked = pairs.captions.flatMap { $0 }  // caption numbers, one of each pair
    return RetrievalReport(
        textToImage: RetrievalScores(
            ranks: asked.map { byCaption[$0] }, right: asked.map { pairs.pictures[$0].count },
            candidates: pairs.captions.count),
        imageToText: RetrievalScores(
            ranks: byPicture, right: pairs.captions.map(\.count), candidates: pairs.texts.count))
}

/// How well queries find their answers among candidates; any of several right answers counts.
///
/// - Parameters:
///   - candidates: `[candidates, embedDim]`, rows of length one.
///   - queries: `[right.count, embedDim]`, rows of length one.
///   - right: The candidates that answer each query, at least one.
public func retrieval(
    of candidates: Span<Float>, by queries: Span<Float>, embedDim: Int, right: [[Int]]
) -> RetrievalScores {
    precondition(
        queries.count == right.count * embedDim && candidates.count % embedDim == 0,
        "found \(queries.count) and \(candidates.count) floats, expected \(right.count) queries and rows of \(embedDim)"
    )
    return RetrievalScores(
        ranks: ranks(of: queries, among: candidates, embedDim: embedDim, right: right), right: right.map(\.count),
        candidates: candidates.count / embedDim)
}
