import Failures
import Storage

/// A text file's lines: UTF-8, any line ending, with or without byte-order mark.
struct TextLines {
    /// One line: its number, from 1, and its bytes, without white space at their end.
    struct Line {
        var number: Int
        var range: Range<Int>

        /// Nothing but white space.
        var isBlank: Bool { range.isEmpty }
    }

    let bytes: [UInt8]
    private(set) var lines: [Line] = []

    /// Reads the file at `path`.
    ///
    /// - Throws: `.badData` where it is empty or no text in UTF-8 or ASCII at all.
    init(_ path: String) throws(Failure) {
        let bytes = try MappedFile(path).copy()
        if bytes.isEmpty { throw .unusableText(path, "the file is empty", "give a file with texts") }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw .unusableText(path, "UTF-16", "save it as UTF-8")
        }
        if bytes.prefix(1 << 13).contains(0) {
            throw .unusableText(path, "it holds zero bytes, as no text does", "give a text file")
        }
        self.init(bytes)
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, number = 1
        while start < bytes.count {
            let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? bytes.count
            lines.append(Line(number: number, range: start..<Self.trimmed(bytes, start, end)))
            let isPair =
                end + 1 < bytes.count && bytes[end] == UInt8(ascii: "\r") && bytes[end + 1] == UInt8(ascii: "\n")
            start = end + (isPair ? 2 : 1)
            number += 1
        }
    }

    private static func trimmed(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
        var end = end
        while end > start, bytes[end - 1] == UInt8(ascii: " ") || bytes[end - 1] == UInt8(ascii: "\t") { end -= 1 }
        return end
    }

    /// The text of a line; nil if it is not UTF-8.
    func text(_ line: Line) -> String? { String(validating: bytes[line.range], as: UTF8.self) }

    /// Whether a blank line stands between two others.
    var haveGaps: Bool {
        guard let first = lines.firstIndex(where: { !$0.isBlank }), let last = lines.lastIndex(where: { !$0.isBlank })
        else { return false }
        return lines[first..<last].contains { $0.isBlank }
    }

    /// Stretches of lines between blank ones.
    var groups: [ArraySlice<Line>] { lines.split { $0.isBlank } }
}

extension Failure {
    static func unusableText(_ path: String, _ why: String, _ remedy: String) -> Failure {
        Failure(.badData, "cannot read text", at: path, because: why, try: remedy)
    }
}
