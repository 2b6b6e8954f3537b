import Catalogue
import Foundation

/// What there is to do: the files that were found, compared with what the index holds.
struct IndexingPlan {
    /// New, or changed in size or time.
    var toRead: [FoundFile] = []
    /// Listed pictures by path.
    let known: [String: CatalogueEntry]
    /// Unchanged pictures whose captions are no longer those that are listed.
    var recaptioned: [CatalogueEntry] = []
    /// Listed pictures whose files are gone, by content: each may have moved to a place that is new.
    var gone: [String: [CatalogueEntry]] = [:]

    init(files: [FoundFile], entries: [CatalogueEntry], captions: KnownCaptions) {
        known = Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
        var found: Set<String> = []
        for file in files {
            found.insert(file.path)
            guard let entry = known[file.path], entry.size == file.size, entry.modified == file.modified else {
                toRead.append(file)
                continue
            }
            guard entry.captions != captions[file.path] else { continue }
            var changed = entry
            changed.captions = captions[file.path]
            recaptioned.append(changed)
        }
        // A picture outside the folders of this run stays in the index as long as its file exists.
        for entry in entries where !found.contains(entry.path) && PictureFiles.file(entry.path) == nil {
            gone[entry.fingerprint, default: []].append(entry)
        }
    }

    /// Pictures that are forgotten: gone, and nowhere else.
    var forgotten: [CatalogueEntry] { gone.values.flatMap(\.self) }

    /// A picture of this content that is gone from its place; it is taken to have moved.
    mutating func takeGone(_ fingerprint: String) -> CatalogueEntry? {
        guard var entries = gone[fingerprint], let entry = entries.popLast() else { return nil }
        gone[fingerprint] = entries.isEmpty ? nil : entries
        return entry
    }
}
