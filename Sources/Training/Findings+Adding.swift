import Evaluation

/// What embeddings tell, whole and cut to the lengths of `--matryoshka`.
extension Findings {
    /// Captions find pictures, and pictures captions.
    mutating func add(_ embedded: Embedded, _ cuts: PrefixLengths?) {
        retrieval = embedded.report()
        for length in cuts?.lengths ?? [] { cut(to: length) { $0.retrieval = embedded.cut(to: length).report() } }
    }

    /// Classes named by neighbours, and read off by a linear probe.
    mutating func addClasses(of queries: LabelledRows, among known: LabelledRows, _ cuts: PrefixLengths?) {
        neighbors = KNearestNeighbors().report(of: queries, among: known)
        probe = Self.probe(of: queries, known)
        for length in cuts?.lengths ?? [] {
            cut(to: length) {
                $0.neighbors = KNearestNeighbors().report(of: queries.prefix(length), among: known.prefix(length))
            }
        }
    }

    /// Texts find those that belong to them.
    mutating func addTexts(
        _ first: [Float], _ second: [Float], width: Int, _ pairs: TextPairs, _ cuts: PrefixLengths?
    ) {
        func scores(_ first: [Float], _ second: [Float], _ width: Int) -> RetrievalScores {
            Evaluation.retrieval(first: first.span, second: second.span, embedDim: width, pairs: pairs)
        }
        textToText = scores(first, second, width)
        for length in cuts?.lengths ?? [] {
            let (left, right) = Self.cut(first, second, width, to: length)
            cut(to: length) { $0.textToText = scores(left, right, length) }
        }
    }

    /// A view of a picture finds another of the same.
    mutating func addViews(_ first: [Float], _ second: [Float], width: Int, _ cuts: PrefixLengths?) {
        func scores(_ first: [Float], _ second: [Float], _ width: Int) -> RetrievalScores {
            let right = (0..<first.count / width).map { [$0] }
            return Evaluation.retrieval(of: first.span, by: second.span, embedDim: width, right: right)
        }
        viewToView = scores(first, second, width)
        for length in cuts?.lengths ?? [] {
            let (left, right) = Self.cut(first, second, width, to: length)
            cut(to: length) { $0.viewToView = scores(left, right, length) }
        }
    }

    private mutating func cut(to length: Int, _ add: (inout Findings) -> Void) {
        add(&prefixes["\(length)", default: Findings()])
    }

    private static func cut(_ a: [Float], _ b: [Float], _ width: Int, to length: Int) -> ([Float], [Float]) {
        (
            unitPrefixes(of: a.span, embedDim: width, length: length),
            unitPrefixes(of: b.span, embedDim: width, length: length)
        )
    }

    /// The most products of a row with a class that a step of the probe makes, and the most steps: about a second on a core,
    /// and within a tenth of a point of the least value.
    private static let probeProducts = 50_000_000, probeSteps = 100

    private static func probe(of queries: LabelledRows, _ known: LabelledRows) -> ClassificationReport {
        let classes = 1 + max(known.labels.max() ?? 0, queries.labels.max() ?? 0)
        let rows = known.spread(max(classes, probeProducts / (classes * known.embedDim)))
        return LinearProbe(rows, classes: classes, steps: probeSteps).report(of: queries, candidates: rows.labels.count)
    }
}

extension Embedded {
    /// The same with the first `length` numbers of each embedding.
    func cut(to length: Int) -> Embedded {
        var cut = Embedded(embedDim: length)
        (cut.names, cut.pairs) = (names, pairs)
        cut.pictures = unitPrefixes(of: pictures.span, embedDim: embedDim, length: length)
        cut.captions = unitPrefixes(of: captions.span, embedDim: embedDim, length: length)
        return cut
    }
}
