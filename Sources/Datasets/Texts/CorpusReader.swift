import Failures
import Tokenizers

/// Reads one format of texts without pictures: files → documents.
protocol CorpusReader: Sendable {
    /// What a person calls the format.
    static var name: String { get }
    /// What must lie at a path for this reader to take it, for the failure when no reader does.
    static var looksLike: String { get }
    /// Whether this reader takes the file or folder at `path`.
    static func recognizes(_ path: String) -> Bool
    /// What the texts consist of, where the format is for texts that are no language.
    static func symbols(of path: String) -> Symbols?
    /// Adds every document; those that cannot be used are skipped by name. Gives what was understood beside the name.
    static func read(_ path: String, into collector: inout DocumentCollector) throws(Failure) -> String?
}

extension CorpusReader {
    /// Most formats are for sentences.
    static func symbols(of path: String) -> Symbols? { nil }
}

/// Every reader of texts, in the order in which they are asked.
let corpusReaders: [any CorpusReader.Type] = [
    SplitFolder.self, TextFolder.self, PairTable.self, FastaFile.self, ParagraphFile.self, LineFile.self,
]

/// The first reader that takes what lies at `path`; nil if none does.
func corpusReader(for path: String) -> (any CorpusReader.Type)? {
    corpusReaders.first { $0.recognizes(path) }
}
