import ArgumentParser
import Failures
import Retrieval
import Terminal

/// How hits are printed and drawn.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object a line: rank, score, path, caption.") var json = false
    @Flag(help: "Print paths alone, each ended by a zero byte, for xargs -0.") var null = false
    @Option(help: "Draw the hits as a contact sheet into this PNG file.") var sheet: String?
    @Option(help: "Write the hits as a page into this HTML file, with the pictures inside.") var html: String?

    func validate() throws {
        guard !(json && null) else { throw ValidationError("--json and --null exclude each other") }
    }

    /// Prints and draws the answer to a query.
    func write(_ hits: [PictureHit], of query: String) throws(Failure) {
        try draw(Gallery(title: query, sections: [Gallery.Section(title: "", hits: hits)]))
        try print(hits)
    }

    /// Prints passages: rank, score, path and line, words.
    func write(_ hits: [TextHit]) throws(Failure) {
        if null { return try printResults(hits.map(\.path), terminator: "\0") }
        try printResults(
            hits.map { hit in
                json
                    ? hit.json
                    : [
                        String(hit.rank), decimalText(Double(hit.score), digits: 4), oneLine("\(hit.path):\(hit.line)"),
                        oneLine(hit.text),
                    ].joined(separator: "\t")
            })
    }

    /// Prints what vectors found: the query's number where there are several, rank, score, number, name.
    func write(_ hits: [VectorHit]) throws(Failure) {
        if null { return try printResults(hits.map { $0.name ?? "\($0.id)" }, terminator: "\0") }
        let areSeveral = hits.contains { $0.query > 0 }
        try printResults(
            hits.map { hit in
                let words = [
                    "\(hit.rank)", decimalText(Double(hit.score), digits: 4), "\(hit.id)", oneLine(hit.name ?? ""),
                ]
                return json ? hit.json : ((areSeveral ? ["\(hit.query)"] : []) + words).joined(separator: "\t")
            })
    }

    /// Prints and draws groups of duplicates.
    func write(groups: [[PictureHit]]) throws(Failure) {
        let title = "groups of duplicates: \(countText(groups.count))"
        say(title)
        let sections = groups.enumerated().map { Gallery.Section(title: "group \($0 + 1)", hits: $1) }
        try draw(Gallery(title: title, sections: sections))
        try print(groups.flatMap(\.self))
    }

    private func draw(_ gallery: Gallery) throws(Failure) {
        if let sheet { try gallery.writeSheet(to: sheet) }
        if let html { try gallery.writePage(to: html) }
    }

    private func print(_ hits: [PictureHit]) throws(Failure) {
        if null { return try printResults(hits.map(\.path), terminator: "\0") }
        try printResults(hits.map { json ? $0.json : line(of: $0) })
    }

    /// Group or rank, score, path; a path with a tab or a line break has it spelled out.
    private func line(of hit: PictureHit) -> String {
        [String(hit.group ?? hit.rank), decimalText(Double(hit.score), digits: 4), oneLine(hit.path)]
            .joined(separator: "\t")
    }
}
