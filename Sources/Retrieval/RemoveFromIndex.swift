import Catalogue
public import Failures
import VectorIndex

/// Removes pictures, texts or vectors from an index: by number, by path, or all below a folder. Returns how many were
/// removed and how many are left.
///
/// The files themselves stay where they are: a later run of clip-index over their folders adds them again.
///
/// - Throws: `.missingInput` where something is not in the index, and then nothing is removed; `.badSettings` where a
///   part of a text is named.
public func removeFromIndex(_ folder: String, _ words: [String]) throws(Failure) -> (removed: Int, left: Int) {
    // The lock first: what is looked up stays true.
    var update = try IndexUpdate(folder, embedDim: try IndexManifest.read(folder).embedDim)
    let contents = try IndexContents(folder), ids = try contents.ids(named: words).sorted()
    for id in ids { update.remove(id) }
    var attachments = update.manifest.attachments
    let name = IndexFiles.name("catalogue", generation: update.manifest.generation + 1, extension: "sqlite")
    let target = "\(folder)/\(name)"
    switch contents.names {
    case .pictures:
        var change = CatalogueChange()
        change.removed = ids
        try change.write(to: target, from: try contents.vectors.attachment(Attachment.catalogue))
        attachments[Attachment.catalogue] = name
    case .texts(let catalogue):
        let former = try contents.vectors.attachment(Attachment.passages), some = Set(ids)
        var change = PassageChange()
        for file in try catalogue.files() where file.passages.contains(where: { some.contains($0.id) }) {
            guard file.passages.allSatisfy({ some.contains($0.id) }) else {
                throw Failure(
                    .badSettings, "cannot remove from index", at: file.path,
                    because: "only some of its \(file.passages.count) passages are named",
                    try: "give the path of the whole text")
            }
            change.removed.append(file.path)
        }
        try change.write(to: target, from: former, rule: try catalogue.rule())
        attachments[Attachment.passages] = name
    case .vectors(let catalogue):
        guard catalogue != nil else { break }
        var change = RowChange()
        change.removed = ids
        try change.write(to: target, from: try contents.vectors.attachment(Attachment.rows))
        attachments[Attachment.rows] = name
    }
    try update.commit(attachments: attachments)
    return (ids.count, update.count)
}

/// Writes an index into one segment, without what was removed, and makes its lists anew. Returns what it was like
/// before and is like now.
///
/// - Throws: `.missingInput`, `.badData` where it is damaged, `.cannotWrite`.
public func optimizeIndex(_ folder: String) throws(Failure) -> (before: IndexInformation, after: IndexInformation) {
    var update = try IndexUpdate(folder, embedDim: try IndexManifest.read(folder).embedDim)
    let before = try IndexInformation(folder)
    if case .pictures(let catalogue) = try IndexContents(folder).names, before.model != nil {
        let captions = try catalogue.entries().compactMap(\.captions.first)
        if update.count >= IndexSettings().exactBelow {
            var encoder = try PictureSearch(folder).encoder()
            update.train(on: [.words: try encoder.queries(of: captions)])
        }
    }
    try update.optimize()
    return (before, try IndexInformation(folder))
}
