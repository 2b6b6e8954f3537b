import Failures
import Storage
import Tokenizers

/// FASTA: each record a sequence of nucleotides or amino acids, a character a symbol, behind a line that begins with
/// `>`.
///
/// Pearson and Lipman 1988. What the header says is left out; small letters, which mark repeats, become capitals.
struct FastaFile: CorpusReader {
    static let name = "FASTA records"
    static let looksLike = "a .fasta file of sequences"
    static let endings: Set<String> = ["fasta", "fa", "fna", "ffn", "faa", "frn"]

    static func recognizes(_ path: String) -> Bool {
        FileKind(path) == .file && endings.contains(FileNames.ending(path))
    }

    static func symbols(of path: String) -> Symbols? { .characters }

    static func read(_ path: String, into collector: inout DocumentCollector) throws(Failure) -> String? {
        let text = try TextLines(path), file = FileNames.last(path)
        let lines = text.lines.filter { !$0.isBlank && text.bytes[$0.range.lowerBound] != UInt8(ascii: ";") }
        guard let first = lines.first, isHeader(first, text) else {
            throw .unusableText(path, "its first line does not begin with >", "give FASTA, or rename the file to .txt")
        }
        var place = 0
        while place < lines.count {
            let end = lines[(place + 1)...].firstIndex { isHeader($0, text) } ?? lines.count
            let sequence = lines[(place + 1)..<end].compactMap { text.text($0) }
            if sequence.count == end - place - 1 {
                collector.add(blocks: sequence.map { $0.uppercased() }, at: "\(file):\(lines[place].number)")
            } else {
                collector.skip("\(file):\(lines[place].number)", "not UTF-8")
            }
            place = end
        }
        return nil
    }

    private static func isHeader(_ line: TextLines.Line, _ text: TextLines) -> Bool {
        text.bytes[line.range.lowerBound] == UInt8(ascii: ">")
    }
}
