import Datasets
import Failures
import Foundation
import Storage

/// The files of text below some folders.
enum TextFiles {
    private static let endings: Set<String> = ["txt", "md", "markdown", "text", "rst", "org"]

    /// All files below `places` (folders, or files of any name) that call themselves text. Sorted folder by folder; none is
    /// listed twice, and nothing inside `excluded`.
    ///
    /// - Throws: `.missingInput` where a place does not exist.
    static func below(_ places: [String], except excluded: String) throws(Failure) -> [FoundFile] {
        try PictureFiles.below(places, except: excluded) { path in endings.contains(FileNames.ending(path)) }
    }

    /// The text of a file.
    ///
    /// - Throws: `.missingInput`, `.readWrite`, or `.badData` where it is not UTF-8.
    static func read(_ path: String) throws(Failure) -> (text: String, fingerprint: String) {
        try MappedFile(path).read { (bytes) throws(Failure) in
            let fingerprint = Fingerprint(bytes).description
            guard let text = String(validating: bytes.bytes(0..<bytes.byteCount), as: UTF8.self) else {
                throw Failure(
                    .badData, "cannot read text", at: path, because: "it is not UTF-8", try: "convert it to UTF-8")
            }
            return (text, fingerprint)
        }
    }
}
