public import Failures
import Foundation
import Images
import Storage

/// Hits to look at: a contact sheet or a page, with the pictures made small.
public struct Gallery: Sendable {
    /// Hits under one heading.
    public struct Section: Sendable {
        /// The query, or a group's number.
        public var title: String
        /// The hits, best first.
        public var hits: [PictureHit]

        /// Hits under a heading.
        public init(title: String, hits: [PictureHit]) {
            self.title = title
            self.hits = hits
        }
    }

    /// Written on top.
    public var title: String
    /// Top to bottom.
    public var sections: [Section]
    /// More pictures than this are not shown; a remark says so.
    static let limit = 500

    /// A gallery.
    public init(title: String, sections: [Section]) {
        self.title = title
        self.sections = sections
    }

    /// Draws a contact sheet and writes it as PNG.
    ///
    /// - Throws: `.cannotWrite`.
    public func writeSheet(to path: String) throws(Failure) {
        let shown = limited()
        let sheet = ContactSheet(
            title: shown.title,
            sections: shown.sections.map { section in
                ContactSheet.Section(
                    title: section.title, remark: section.hits.isEmpty ? "nothing found" : "",
                    cells: section.hits.map { hit in
                        ContactSheet.Cell(
                            Self.thumbnail(hit.path, side: 180)
                                ?? Picture(height: 90, width: 120, filledWith: [224, 224, 224]),
                            heading: "\(hit.rank)  \(scoreText(hit.score))", label: hit.caption ?? name(hit.path))
                    })
            })
        try AtomicFile.write(try sheet.picture().pngBytes(), to: path)
    }

    /// Writes a page that needs no other file: small pictures inside, links to the files.
    ///
    /// - Throws: `.cannotWrite`.
    public func writePage(to path: String) throws(Failure) {
        let shown = limited()
        var html = HTMLPage.head(title: shown.title)
        for section in shown.sections {
            if !section.title.isEmpty { html += "<h2>\(HTMLPage.escaped(section.title))</h2>\n" }
            html += section.hits.isEmpty ? "<p>Nothing found.</p>\n" : "<ol>\n"
            for hit in section.hits {
                html += HTMLPage.item(hit, thumbnail: try Self.thumbnail(hit.path, side: 256)?.pngBytes())
            }
            html += section.hits.isEmpty ? "" : "</ol>\n"
        }
        try AtomicFile.write(html + HTMLPage.tail, to: path)
    }

    /// The same with the first pictures only.
    func limited() -> Gallery {
        let total = sections.reduce(0) { $0 + $1.hits.count }
        guard total > Self.limit else { return self }
        var left = Self.limit, gallery = self
        gallery.title += " (first \(Self.limit) of \(total))"
        gallery.sections = sections.compactMap { section in
            guard left > 0 else { return nil }
            defer { left -= min(left, section.hits.count) }
            return Section(title: section.title, hits: Array(section.hits.prefix(left)))
        }
        return gallery
    }

    /// A picture that fits into a square; nil where the file is gone or no longer a picture.
    private static func thumbnail(_ path: String, side: Int) -> Picture? {
        guard
            let picture = try? MappedFile(path).read({ (bytes) throws(Failure) in
                try Picture(decoding: bytes, named: path, atLeast: side)
            })
        else { return nil }
        return max(picture.height, picture.width) > side ? picture.resized(longerSide: side) : picture
    }
}

/// The last part of a path.
func name(_ path: String) -> String { (path as NSString).lastPathComponent }

/// A score with four digits: "0.2931".
package func scoreText(_ score: Float) -> String {
    guard score.isFinite else { return "\(score)" }
    let whole = Int((score.magnitude * 10_000).rounded()), digits = String(whole % 10_000)
    let sign = score < 0 && whole > 0 ? "-" : ""
    return "\(sign)\(whole / 10_000).\(String(repeating: "0", count: 4 - digits.count))\(digits)"
}
