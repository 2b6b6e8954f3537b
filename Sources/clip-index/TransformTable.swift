import Evaluation
import Retrieval
import Terminal

/// What transforms do to embeddings, one a row, for a person to read.
struct TransformTable {
    /// The heading, the rows, and what the columns say.
    let lines: [String]

    init(_ reports: [TransformReport]) {
        let hasQueries = reports.contains { $0.retrieval != nil },
            hasBounds = reports.contains { $0.distortionBound != nil }
        var heading = ["transform", "dim", "bytes"]
        if hasQueries { heading += ["R@1 %", "R@10 %"] }
        heading.append("kept@\(reports.first?.neighbors.k ?? 10) %")
        if hasQueries { heading.append("align") }
        heading += ["uniform", "rank"]
        if hasBounds { heading.append("distortion") }
        let rows = reports.map { report in
            var row = [oneLine(report.transform), countText(report.dimensions), countText(report.bytesPerVector)]
            if hasQueries {
                row += [
                    Self.percent(report.retrieval?.recallAt1, report.retrieval?.recallAt1Interval),
                    Self.percent(report.retrieval?.recallAt10, report.retrieval?.recallAt10Interval),
                ]
            }
            row.append(Self.percent(report.neighbors.recall, report.neighbors.recallInterval))
            if hasQueries { row.append(report.alignment.map { decimalText($0.alignment, digits: 3) } ?? "") }
            row += [
                decimalText(report.uniformity.uniformity, digits: 3),
                decimalText(report.effectiveRank.effectiveRank, digits: 1),
            ]
            if hasBounds { row.append(report.distortionBound.map { "±\(Self.percent($0)) %" } ?? "") }
            return row
        }
        lines = Table(heading, rows).lines + Self.notes(reports, hasBounds: hasBounds)
    }

    /// What the figures are to be compared with.
    private static func notes(_ reports: [TransformReport], hasBounds: Bool) -> [String] {
        guard let report = reports.first else { return [] }
        let uniformity = report.uniformity, neighbors = report.neighbors
        var notes = [""]
        if let retrieval = report.retrieval, let alignment = report.alignment {
            notes.append(
                "R@k: \(countText(retrieval.queries)) queries among \(countText(retrieval.candidates)), by chance R@10 "
                    + "\(percent(retrieval.chanceAt10)) %; align: queries to answers, by chance "
                    + "\(decimalText(alignment.chance, digits: 3)) as they are")
        }
        notes += [
            "kept: nearest neighbours of \(countText(neighbors.queries)) vectors that stay, by chance "
                + "\(percent(neighbors.chance)) %; brackets: 95 % of resamples",
            "uniform: of \(countText(uniformity.vectors)) vectors, evenly spread "
                + "\(decimalText(uniformity.chance, digits: 3)); rank: effective, at most "
                + "\(countText(report.effectiveRank.limit))",
        ]
        guard hasBounds else { return notes }
        return notes + [
            "distortion: Johnson and Lindenstrauss's bound for every squared distance before lengths are made one; "
                + "blank where they promise nothing"
        ]
    }

    private static func percent(_ share: Double) -> String { decimalText(share * 100, digits: 1) }

    private static func percent(_ share: Double?, _ interval: BootstrapInterval?) -> String {
        guard let share, let interval else { return "" }
        return "\(percent(share)) [\(percent(interval.lower)), \(percent(interval.upper))]"
    }
}
