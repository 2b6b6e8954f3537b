import Tokenizers

/// Gathers documents as readers find them: takes labels off, cuts texts into parts, and lists what cannot be used.
struct DocumentCollector {
    private let settings: CorpusSettings
    /// What the next documents are for, where the data tells.
    var part = SampleCollector.Part.training
    private(set) var store: DocumentStore
    private(set) var labels = DocumentLabels()
    private(set) var validation: [Int] = []
    private(set) var skipped: [Skipped] = []
    private(set) var hasColumns = false

    init(_ settings: CorpusSettings) {
        self.settings = settings
        store = DocumentStore(separator: settings.symbols?.separator ?? " ")
    }

    /// Adds a document of running text, or a sequence of symbols. No part reaches over the end of a block.
    ///
    /// `place` is what a person calls it: `notes.txt:12`. It is asked for only where something is wrong.
    mutating func add(blocks: [String], at place: @autoclosure () -> String) {
        guard let first = blocks.first else { return skip(place(), "empty document") }
        var blocks = blocks
        let found = FastTextLabel.split(first.trimmed)
        blocks[0] = found.text
        let parts: [String] =
            if let symbols = settings.symbols {
                SymbolPieces.pieces(of: blocks.joined(separator: "\n"), symbols, length: settings.pieceLength)
            } else {
                blocks.flatMap { SentenceSplitter.sentences(of: $0) }
            }
        guard !parts.isEmpty else { return skip(place(), "empty document") }
        append(parts, found.label)
    }

    /// Adds a row of a table.
    mutating func add(columns: [String], at place: @autoclosure () -> String) {
        let found = FastTextLabel.split(columns[0].trimmed)
        let texts = ([found.text] + columns.dropFirst()).map { text in
            settings.symbols.map { $0.split(text).joined(separator: $0.separator) }
                ?? text.split { $0.isWhitespace }.joined(separator: " ")
        }
        guard !texts.contains(where: \.isEmpty) else { return skip(place(), "empty column") }
        hasColumns = true
        append(texts, found.label)
    }

    private mutating func append(_ parts: [String], _ label: String?) {
        if part == .validation { validation.append(store.count) }
        store.append(parts)
        labels.append(label)
    }

    /// Records what cannot be used.
    mutating func skip(_ name: String, _ reason: String) { skipped.append(Skipped(name: name, reason: reason)) }
}
