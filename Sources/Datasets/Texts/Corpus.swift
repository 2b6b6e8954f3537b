public import Failures
public import Storage
public import Tokenizers

/// Texts without pictures, and which of them are for training and for validation. All text is held in memory, as UTF-8.
///
/// A document consists of parts: its sentences; the two columns of a row; or pieces of a sequence of symbols.
public struct Corpus: Sendable {
    /// The path as the user wrote it.
    public let path: String
    /// Documents to learn from, ascending.
    public let training: [Int]
    /// Documents that are never learnt from, ascending.
    public let validation: [Int]
    /// What was left out, and why.
    public let skipped: [Skipped]
    /// What was understood, line by line, for the user.
    public let understood: [String]
    /// Tells the corpus from others: of all texts, labels and both lists.
    public let fingerprint: Fingerprint
    /// Whether each document is a row of a table with two columns.
    public let hasPairs: Bool
    /// What the texts consist of where they are no language; nil where parts are sentences.
    public let symbols: Symbols?
    let store: DocumentStore
    private let labels: DocumentLabels

    /// The number of documents, also of those that are for neither side.
    public var count: Int { store.count }

    /// How many parts a document has; at least one.
    public func partCount(of document: Int) -> Int { store.partCount(of: document) }

    /// A document's sentences, columns or pieces; none is empty.
    public func parts(of document: Int) -> [String] {
        (0..<partCount(of: document)).map { store.text(of: document, $0..<$0 + 1) }
    }

    /// A document's whole text: its parts with one blank between them, or none where every character is a symbol.
    public func text(of document: Int) -> String { text(of: document, parts: 0..<partCount(of: document)) }

    /// Some neighbouring parts of a document as one text.
    public func text(of document: Int, parts: Range<Int>) -> String { store.text(of: document, parts) }

    /// The label that stood before a document's text as `__label__NAME`; nil where there was none.
    public func label(of document: Int) -> String? { labels[document] }

    /// The whole texts of some documents, one after the other; to train a tokenizer on.
    public func texts(of documents: [Int]) -> some Sequence<String> { documents.lazy.map { text(of: $0) } }

    /// What can be opened, for a failure and for help.
    public static var formats: [String] { corpusReaders.map { $0.looksLike } }

    /// Whether there is a reader for what lies at `path`.
    public static func recognizes(_ path: String) -> Bool { corpusReader(for: path) != nil }

    /// Looks at the data, finds its reader, and tells training from validation.
    ///
    /// - Throws: `.missingInput` where nothing is at `path`; `.badData` where no reader takes it, or without two texts.
    public static func open(_ path: String, _ settings: CorpusSettings = CorpusSettings()) throws(Failure) -> Corpus {
        guard FileKind(path) != .missing else {
            throw Failure(
                .missingInput, "cannot open texts", at: path, because: "no such file or folder", try: "check the path")
        }
        guard let reader = corpusReader(for: path) else {
            throw Failure(
                .badData, "cannot open texts", at: path, because: "no texts found",
                try: "give one of: " + formats.joined(separator: "; "))
        }
        var settings = settings
        settings.symbols = settings.symbols ?? reader.symbols(of: path)
        var collector = DocumentCollector(settings)
        let more = try reader.read(path, into: &collector)
        return try Corpus(path, settings, collector, understood: reader.name + (more.map { " (\($0))" } ?? ""))
    }

    /// What a reader gathered.
    ///
    /// - Throws: `.badData` where that is less than two texts, or none to learn from.
    init(
        _ path: String, _ settings: CorpusSettings, _ collector: DocumentCollector, understood: String
    ) throws(Failure) {
        guard collector.store.partCount > 1 else { throw Self.unusable(path, collector) }
        self.init(gathered: collector, at: path, settings, understood: understood)
        guard !training.isEmpty else { throw Self.unusable(path, collector) }
    }

    private init(
        gathered collector: DocumentCollector, at path: String, _ settings: CorpusSettings, understood: String
    ) {
        let split = CorpusSplit(collector.store)
        var skipped = collector.skipped, source = "no validation"
        var held = Set(collector.validation)
        var dropped: Set<Int> = []
        if !held.isEmpty {
            source = "as the files say"
            let trained = Set(split.firsts.indices.lazy.filter { !held.contains($0) }.map { split.firsts[$0] })
            dropped = held.filter { trained.contains(split.firsts[$0]) }
            for document in dropped.sorted() {
                let text = collector.store.text(of: document, 0..<1)
                skipped.append(Skipped(name: shortened(text), reason: "in training and validation; kept in training"))
            }
        }
        if held.count == dropped.count && settings.validationShare > 0 {
            held = split.validation(share: settings.validationShare, limit: settings.validationLimit).union(dropped)
            source = "validation drawn; \(grouped(split.repeatCount)) equal another and stay on its side"
        }
        self.path = path
        self.skipped = skipped
        training = (0..<collector.store.count).filter { !held.contains($0) }
        validation = (0..<collector.store.count).filter { held.contains($0) && !dropped.contains($0) }
        hasPairs = collector.hasColumns
        symbols = settings.symbols
        store = collector.store
        labels = collector.labels
        var survey = CorpusSurvey(store, labels, hasPairs: hasPairs, settings)
        survey.append(training: training, validation: validation)
        fingerprint = survey.fingerprint
        self.understood = [understood] + survey.lines(training, validation, split: source, skipped: skipped)
    }

    private static func unusable(_ path: String, _ collector: DocumentCollector) -> Failure {
        let refused = collector.skipped.isEmpty ? "" : ": \(Dataset.refusals(collector.skipped))"
        let why = collector.store.partCount == 1 ? "it holds one sentence only" : "no usable text to learn from"
        return Failure(
            .badData, "cannot use texts", at: path, because: why + refused, try: "give at least two texts, in UTF-8")
    }
}
