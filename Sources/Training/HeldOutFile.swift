import Datasets
package import Evaluation
import Failures
import Tensors
import Tokenizers
import Towers

/// A file of texts that nobody trains on, beside what else is held out: pairs that belong together, or pairs with scores.
struct HeldOutFile: Sendable {
    /// What a person calls it: the name of the file, or its path where two have the same name.
    private(set) var name: String
    private let pairs: ScoredPairs?
    private let table: TextPairs?
    /// Rows that cannot be used.
    let skipped: [Skipped]

    /// Most pairs that are looked at: of those with scores, and of those that must find each other.
    private static let mostScored = 2_000, mostPairs = 500

    /// Opens a table of two texts and a score, or of two texts.
    ///
    /// - Throws: `.missingInput` or `.badData` where the file is neither.
    init(_ path: String, seed: UInt64) throws(Failure) {
        name = path.split(separator: "/").last.map(String.init) ?? path
        if ScoredPairs.recognizes(path) {
            let all = try ScoredPairs(path)
            pairs = all.kept(Array(all.scores.indices).drawn(Self.mostScored, seed: seed, item: 5))
            (table, skipped) = (nil, all.skipped)
            return
        }
        var settings = CorpusSettings()
        settings.validationShare = 0
        let corpus = try Corpus.open(path, settings)
        let drawn = corpus.training.filter { corpus.partCount(of: $0) == 2 }
            .drawn(Self.mostPairs, seed: seed, item: 6)
        guard corpus.hasPairs, drawn.count > 1 else {
            throw Failure(
                .badData, "cannot evaluate on", at: path,
                because: "it is no table of two texts, nor of two and a score",
                try: "give a .tsv with a pair a line")
        }
        table = TextPairs(drawn.map { (corpus.text(of: $0, parts: 0..<1), corpus.text(of: $0, parts: 1..<2)) })
        (pairs, skipped) = (nil, corpus.skipped)
    }

    /// Opens several.
    static func open(_ paths: [String], seed: UInt64) throws(Failure) -> [HeldOutFile] {
        var files: [HeldOutFile] = []
        for path in paths { files.append(try HeldOutFile(path, seed: seed)) }
        let names = files.map(\.name)
        for i in files.indices where names.count(where: { $0 == names[i] }) > 1 { files[i].name = paths[i] }
        return files
    }

    /// Texts that are embedded.
    var count: Int { 2 * (pairs?.scores.count ?? 0) + (table.map { $0.first.count + $0.second.count } ?? 0) }

    /// `similarity of 1,379 pairs of stsb.tsv`, or `120 pairs of paraphrases.tsv`.
    var understood: String {
        pairs.map { "evaluating the similarity of \($0.scores.count) pairs of \(name)" }
            ?? "evaluating \(table?.first.count ?? 0) texts that find theirs in \(name)"
    }

    /// Embeds all texts with the weights of `trainer`.
    func evaluate(_ trainer: inout Trainer, _ tokenizer: any Tokenizer) -> TextFileReport {
        var report = TextFileReport()
        let width = trainer.model.embedDim(.text)
        if let pairs {
            let first = trainer.embed(texts: pairs.first, tokenizer)
            let second = trainer.embed(texts: pairs.second, tokenizer)
            report.similarity = SemanticSimilarity(first.span, second.span, embedDim: width, gold: pairs.scores)
        }
        if let table {
            let first = trainer.embed(texts: table.first, tokenizer)
            let second = trainer.embed(texts: table.second, tokenizer)
            report.textToText = retrieval(first: first.span, second: second.span, embedDim: width, pairs: table)
        }
        return report
    }
}

/// What a text tower makes of a file of texts.
package struct TextFileReport: Sendable, Encodable {
    /// Cosines beside what people said of the similarity.
    package var similarity: SemanticSimilarity?
    /// A text finds the one that belongs to it.
    package var textToText: RetrievalScores?
}
