/// Markdown without its mark-up. Front matter, code, tables, comments and link definitions are left out; headings, list
/// items and paragraphs are blocks over whose ends no sentence reaches.
///
/// CommonMark 0.31, sections 4 and 5, as far as it decides what is text.
struct MarkdownText {
    private var blocks: [String] = []
    private var paragraph: [String] = []
    private var fence: Substring?  // what closes the code block
    private var isInComment = false
    private var isAfterBlank = true
    private var isInList = false

    /// The blocks of a text, first to last.
    static func blocks(of text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }[...]
        if let body = bodyStart(lines) { lines = lines[body...] }
        var reader = MarkdownText()
        for line in lines { reader.take(line) }
        reader.endParagraph()
        return reader.blocks
    }

    /// Behind the front matter, where the text begins with some: YAML's `---` or TOML's `+++`.
    private static func bodyStart(_ lines: ArraySlice<Substring>) -> Int? {
        guard let first = lines.first, first == "---" || first == "+++" else { return nil }
        return lines.dropFirst().firstIndex { $0 == first || (first == "---" && $0 == "...") }.map { $0 + 1 }
    }

    private mutating func take(_ line: Substring) {
        var body = line.drop { $0 == " " || $0 == "\t" }
        let indent = width(line[..<body.startIndex])
        while body.hasPrefix(">") { body = body.dropFirst().drop { $0 == " " } }
        if let fence {
            if body.hasPrefix(fence), body.drop(while: { $0 == fence.first }).allSatisfy(\.isWhitespace) {
                self.fence = nil
            }
            return
        }
        if isInComment || body.hasPrefix("<!--") {
            isInComment = !body.contains("-->")
            return endParagraph()
        }
        if body.isEmpty {
            endParagraph()
            isAfterBlank = true
            return
        }
        defer { isAfterBlank = false }
        if indent >= 4 && isAfterBlank && !isInList { return }  // code
        if indent >= 4 && paragraph.isEmpty && !isInList { return }
        takeText(body, indent: indent)
    }

    private mutating func takeText(_ line: Substring, indent: Int) {
        if line.hasPrefix("```") || line.hasPrefix("~~~") {
            endParagraph()
            fence = line.prefix { $0 == line.first }
        } else if isUnderline(line) {
            endParagraph()  // of a heading, or a rule
        } else if line.hasPrefix("#"), let heading = heading(line) {
            endParagraph()
            append(heading)
            isInList = false
        } else if line.hasPrefix("|") || isDefinition(line) {
            endParagraph()
        } else if let item = listItem(line) {
            endParagraph()
            isInList = true
            paragraph = [String(item)]
        } else {
            if indent == 0 && paragraph.isEmpty { isInList = false }
            paragraph.append(String(line))
        }
    }

    private mutating func endParagraph() {
        if !paragraph.isEmpty { append(paragraph.joined(separator: " ")) }
        paragraph = []
    }

    private mutating func append(_ text: String) {
        let plain = MarkdownSpans.plain(text).trimmed
        if !plain.isEmpty { blocks.append(plain) }
    }

    private func width(_ indent: Substring) -> Int { indent.reduce(0) { $0 + ($1 == "\t" ? 4 : 1) } }

    /// The text of `## Heading ##`; nil for `#hashtag`.
    private func heading(_ line: Substring) -> String? {
        let text = line.drop { $0 == "#" }
        guard text.isEmpty || text.first == " " || text.first == "\t" else { return nil }
        var words = text.split { $0.isWhitespace }
        if words.last?.allSatisfy({ $0 == "#" }) == true { words.removeLast() }
        return words.joined(separator: " ")
    }

    /// `---`, `===`, `* * *`: a heading's underline, or a rule.
    private func isUnderline(_ line: Substring) -> Bool {
        let signs = line.filter { !$0.isWhitespace }
        guard let first = signs.first, "-=*_".contains(first), signs.allSatisfy({ $0 == first }) else { return false }
        return signs.count >= 3 || (!paragraph.isEmpty && (first == "-" || first == "="))
    }

    /// `[name]: address`.
    private func isDefinition(_ line: Substring) -> Bool {
        guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return false }
        return line[end...].hasPrefix("]:") && !line.hasPrefix("[^")
    }

    /// What stands behind `-`, `*`, `+`, `1.` or `1)`, and behind a box to tick.
    private func listItem(_ line: Substring) -> Substring? {
        let mark = line.prefix { !$0.isWhitespace }
        let isBullet = ["-", "*", "+"].contains(mark)
        let isNumber =
            (mark.hasSuffix(".") || mark.hasSuffix(")")) && mark.count > 1 && mark.dropLast().allSatisfy(\.isNumber)
        guard isBullet || isNumber else { return nil }
        let text = line[mark.endIndex...].drop { $0.isWhitespace }
        return ["[ ] ", "[x] ", "[X] "].contains { text.hasPrefix($0) } ? text.dropFirst(4) : text
    }
}
