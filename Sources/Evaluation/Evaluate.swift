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

/// The mean cosine between two different rows of `[rows, embedDim]`, all of length one: near 0 where embeddings use
/// their space, 1 where they have collapsed onto one point.
///
/// `(‖Σxᵢ‖² − rows) / (rows·(rows − 1))`.
public func meanPairwiseCosine(_ rows: Span<Float>, embedDim: Int) -> Float {
    let count = rows.count / embedDim
    guard count > 1 else { return 0 }
    var sum = [Double](repeating: 0, count: embedDim)
    for row in 0..<count {
        for i in 0..<embedDim { sum[i] += Double(rows[row * embedDim + i]) }
    }
    let squared = sum.reduce(0) { $0 + $1 * $1 }
    return Float((squared - Double(count)) / Double(count * (count - 1)))
}
