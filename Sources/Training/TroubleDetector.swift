import Foundation

/// Watches the steps of a run for signs that it learns nothing, and says what looks wrong and why, once for each sign.
struct TroubleDetector {
    /// What can look wrong.
    private enum Sign { case collapse, chance, divergence }

    /// Steps over which the figures are averaged.
    static let window = 50
    /// A loss above this share of the chance level counts as "at chance".
    static let chanceShare: Float = 0.97
    /// Embeddings whose mean cosine is above this lie practically at one point.
    static let collapsedCosine: Float = 0.98

    private var recent: [StepReport] = []
    private var told: Set<Sign> = []
    private let gradientNormLimit: Float

    init(gradientNormLimit: Float) { self.gradientNormLimit = gradientNormLimit }

    /// Takes in one step; returns a warning where there is news. Nothing is said before a fifth of the budget is used.
    mutating func observe(_ report: StepReport, isWarm: Bool) -> String? {
        recent.append(report)
        if recent.count > Self.window { recent.removeFirst() }
        guard recent.count == Self.window, isWarm, report.progress >= 0.2 else { return nil }
        guard let (sign, message) = diagnosis(), told.insert(sign).inserted else { return nil }
        return message
    }

    private func diagnosis() -> (Sign, String)? {
        if let collapse = collapse() { return (.collapse, collapse) }
        guard let chance = average(\.chanceLoss) else { return nil }
        let loss = average(\.loss)
        if loss > 1.5 * chance {
            let figures = "the loss \(text(loss)) is far above chance \(text(chance))"
            return (.divergence, figures + ": lower --lr or raise --warmup")
        }
        guard loss > Self.chanceShare * chance else { return nil }
        return (.chance, "the loss \(text(loss)) stays at chance \(text(chance)): \(reasonForChance())")
    }

    private func collapse() -> String? {
        let pictures = average(\.pictureCosine) ?? 0, captions = average(\.captionCosine) ?? 0
        guard max(pictures, captions) > Self.collapsedCosine else { return nil }
        let what = pictures > captions ? "pictures" : "texts"
        return "the embeddings of all \(what) lie at one point (mean cosine \(text(max(pictures, captions)))): "
            + "lower --lr, or see whether the \(what) differ from each other"
    }

    private func reasonForChance() -> String {
        let norm = average(\.gradientNorm)
        if norm > 10 * gradientNormLimit {
            return "gradients are \(text(norm)) long and clipped to \(text(gradientNormLimit)); lower --lr"
        }
        if norm < 1e-3 { return "gradients have vanished (length \(norm)); raise --lr" }
        return "see whether the captions describe their pictures, and whether --lr \(text(peakRate)) is right"
    }

    private var peakRate: Float { recent.map(\.learningRate).max() ?? 0 }

    private func average(_ field: KeyPath<StepReport, Float>) -> Float {
        recent.reduce(0) { $0 + $1[keyPath: field] } / Float(recent.count)
    }

    private func average(_ field: KeyPath<StepReport, Float?>) -> Float? {
        let known = recent.compactMap { $0[keyPath: field] }
        return known.isEmpty ? nil : known.reduce(0, +) / Float(known.count)
    }

    private func text(_ value: Float) -> String { String(format: "%.3g", Double(value)) }
}
