import Datasets
import Evaluation
import Failures
import Tokenizers
import Towers

/// Texts that nobody trains on, and how well a model finds what belongs to them.
///
/// The second part of a document (the other column, the next sentence, the next piece) must be found by the first among
/// those of all documents. Where documents have labels, the nearest of those that were learnt from name them.
struct HeldOutTexts: HeldOut {
    let corpus: Corpus
    let documents: [Int]
    /// Documents that were learnt from, and their corpus: neighbours to be asked; none without labels.
    let known: (corpus: Corpus, documents: [Int])
    let tokenizer: any Tokenizer

    /// Most documents that are embedded, and most neighbours.
    static let mostQueries = 500, mostNeighbors = 10_000

    init(_ corpus: Corpus, _ documents: [Int], known: Corpus, tokenizer: any Tokenizer, seed: UInt64) {
        func haveLabels(_ corpus: Corpus, _ documents: [Int]) -> Bool {
            documents.allSatisfy { corpus.label(of: $0) != nil }
        }
        let isLabelled = haveLabels(corpus, documents) && haveLabels(known, known.training)
        self.corpus = corpus
        self.documents = documents.drawn(
            isLabelled ? 4 * Self.mostQueries : Self.mostQueries, seed: seed, item: 3)
        self.known = (known, isLabelled ? known.training.drawn(Self.mostNeighbors, seed: seed, item: 4) : [])
        self.tokenizer = tokenizer
    }

    var count: Int { 2 * documents.count + known.documents.count }

    func evaluate(_ trainer: inout Trainer) throws(Failure) -> HeldOutOutcome {
        var findings = Findings(), space = EmbeddingSpace()
        let width = trainer.model.embedDim(.text), paired = documents.filter { corpus.partCount(of: $0) > 1 }
        if paired.count > 1 {
            let pairs = TextPairs(
                paired.map { (corpus.text(of: $0, parts: 0..<1), corpus.text(of: $0, parts: 1..<2)) })
            let first = embed(pairs.first, &trainer), second = embed(pairs.second, &trainer)
            findings.addTexts(first, second, width: width, pairs, trainer.settings.matryoshka)
            let own = pairs.answers.flatMap { second[$0[0] * width..<($0[0] + 1) * width] }
            space.alignment = Alignment(first.span, own.span, embedDim: width)
        }
        let texts = embed(documents.map { corpus.text(of: $0) }, &trainer)
        space.texts = EmbeddingSpace.Side(texts.span, embedDim: width)
        if !known.documents.isEmpty {
            var classes = ClassNumbers()
            func labels(_ documents: [Int], _ corpus: Corpus) -> [Int] {
                documents.map { classes.number(of: corpus.label(of: $0) ?? "") }
            }
            let neighbors = embed(known.documents.map { known.corpus.text(of: $0) }, &trainer)
            let knownLabels = labels(known.documents, known.corpus), asked = labels(documents, corpus)
            findings.addClasses(
                of: LabelledRows(texts, labels: asked, embedDim: width),
                among: LabelledRows(neighbors, labels: knownLabels, embedDim: width), trainer.settings.matryoshka)
        }
        findings.space = space
        return HeldOutOutcome(findings: findings)
    }

    private func embed(_ texts: [String], _ trainer: inout Trainer) -> [Float] {
        trainer.embed(texts: texts, tokenizer)
    }
}

extension Trainer {
    /// Unit rows of texts, cut at the context length; so many are embedded at once.
    mutating func embed(texts: [String], _ tokenizer: any Tokenizer, chunk: Int = 64) -> [Float] {
        var rows: [Float] = []
        for start in stride(from: 0, to: texts.count, by: chunk) {
            rows += embed(
                captions: texts[start..<min(start + chunk, texts.count)].map {
                    tokenizer.encode($0, contextLength: plan.contextLength).ids
                })
        }
        return rows
    }
}
