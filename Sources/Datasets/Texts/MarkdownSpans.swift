/// A line of Markdown without marks inside it: `**bold**`, `[text](address)`, `` `code` ``, `<br>`, `&amp;`.
struct MarkdownSpans {
    private let characters: [Character]
    private var place = 0
    private var plain = ""

    /// What a reader sees. Of links and pictures that is their text.
    static func plain(_ text: String) -> String {
        guard text.contains(where: { "\\`*_~[!<&".contains($0) }) else { return text }
        var spans = MarkdownSpans(characters: Array(text))
        spans.run()
        return spans.plain
    }

    private init(characters: [Character]) { self.characters = characters }

    private mutating func run() {
        while place < characters.count {
            let character = characters[place]
            switch character {
            case "\\": takeEscape()
            case "`": takeCode()
            case "*": takeStar()
            case "~" where follows("~"): place += 2
            case "_": takeUnderscore()
            case "!" where follows("["): place += 1  // a picture: what describes it stays
            case "[": takeLink()
            case "<": takeTag()
            case "&": takeEntity()
            default:
                plain.append(character)
                place += 1
            }
        }
    }

    private func follows(_ next: Character) -> Bool { place + 1 < characters.count && characters[place + 1] == next }

    private func find(_ wanted: Character, from start: Int, before limit: Int = .max) -> Int? {
        let end = min(limit, characters.count)
        return start < end ? characters[start..<end].firstIndex(of: wanted) : nil
    }

    private mutating func takeEscape() {
        place += 1
        guard place < characters.count, characters[place].isPunctuation || characters[place].isSymbol else { return }
        plain.append(characters[place])
        place += 1
    }

    /// A mark, unless it stands alone: `2 * 3`.
    private mutating func takeStar() {
        let isAlone = place > 0 && characters[place - 1] == " " && follows(" ")
        if isAlone { plain.append("*") }
        place += 1
    }

    /// Code keeps its signs.
    private mutating func takeCode() {
        let begin = characters[place...].firstIndex { $0 != "`" } ?? characters.count, count = begin - place
        var end = begin
        while let close = find("`", from: end) {
            let after = characters[close...].firstIndex { $0 != "`" } ?? characters.count
            if after - close == count {
                plain += String(characters[begin..<close])
                place = after
                return
            }
            end = after
        }
        place = begin
    }

    /// A mark at a word's end, a letter inside one: `snake_case`.
    private mutating func takeUnderscore() {
        let isInside =
            place > 0 && place + 1 < characters.count
            && (characters[place - 1].isLetter || characters[place - 1].isNumber)
            && (characters[place + 1].isLetter || characters[place + 1].isNumber)
        if isInside { plain.append("_") }
        place += 1
    }

    /// The text of a link goes on as text; its address, and a note's mark, are passed over.
    private mutating func takeLink() {
        guard let close = closingBracket() else {
            plain.append("[")
            place += 1
            return
        }
        let text = String(characters[place + 1..<close])
        place = close + 1
        if text.hasPrefix("^") { return }  // a note
        var isLink = false
        if place < characters.count, characters[place] == "(", let end = closingParenthesis() {
            (place, isLink) = (end + 1, true)
        } else if place < characters.count, characters[place] == "[", let end = find("]", from: place) {
            (place, isLink) = (end + 1, true)
        }
        plain += isLink ? Self.plain(text) : "[\(Self.plain(text))]"
    }

    private func closingBracket() -> Int? { closing("[", "]") }

    private func closingParenthesis() -> Int? { closing("(", ")") }

    /// Where the bracket that opens at `place` closes.
    private func closing(_ open: Character, _ close: Character) -> Int? {
        var depth = 0
        for index in place..<min(characters.count, place + 2_000) {
            if characters[index] == open { depth += 1 }
            if characters[index] == close { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    /// A tag is passed over; an address between angle brackets stays.
    private mutating func takeTag() {
        let isTag =
            place + 1 < characters.count && (characters[place + 1].isLetter || "/!".contains(characters[place + 1]))
        guard isTag, let close = find(">", from: place, before: place + 1_000) else {
            plain.append("<")
            place += 1
            return
        }
        let inside = characters[place + 1..<close]
        if inside.contains(":") && !inside.contains(where: \.isWhitespace) || inside.contains("@") {
            plain += String(inside)
        }
        place = close + 1
    }

    private mutating func takeEntity() {
        let names: [String: Character] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "#39": "'", "nbsp": " ", "mdash": "—",
            "ndash": "–",
            "hellip": "…", "copy": "©",
        ]
        if let end = find(";", from: place, before: place + 9), let sign = names[String(characters[place + 1..<end])] {
            plain.append(sign)
            place = end + 1
        } else {
            plain.append("&")
            place += 1
        }
    }
}
