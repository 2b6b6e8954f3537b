public import Autodiff
import Kernels
import Layers
import Tensors

/// What a document said so far must tell its next sentences from all others of the batch.
///
/// `−log (exp(z_{t+k}ᵀ·W_k·c_t) / Σ_j exp(z_jᵀ·W_k·c_t))`, mean over k — van den Oord et al. 2018, equations 3 and 4. The
/// context `c_t` is made of sentences up to t by an autoregressive aggregator: a causal transformer of one block in the
/// place of the paper's GRU. Vectors are compared at length one with a temperature of 0.1. The same sentence twice is no
/// negative. Chance level is the logarithm of the number of sentences.
public struct ContrastivePredictiveCoding: Objective {
    /// `cpc`.
    public static let name = "cpc"
    /// Documents.
    public static let learnsFrom = "documents of two sentences or more"
    /// How many sentences ahead are predicted.
    public var steps = 3
    /// What cosines are divided by.
    public var temperature: Float = 0.1
    private var parts: Parts?

    private struct Parts {
        let aggregator: BlockStack
        let positions: Tensor  // [sentences, width]
        let gain, normBias: Tensor  // [width]
        let predictors: [Tensor]  // [width, width] each
    }

    /// Sentences that a document shows at most.
    public static let mostSentences = 8

    /// Three steps ahead.
    public init() {}

    /// Sentences in order.
    public var needs: Set<BatchNeed> { [.passages] }

    /// The aggregator and a matrix for each step.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        let width = setting.textWidth, heads = max(width / 64, 1), name = "objective.cpc"
        parts = Parts(
            aggregator: BlockStack(
                "\(name).aggregator.",
                BlockSettings(width: width, heads: heads, hiddenWidth: 4 * width, layers: 1, causal: true), in: &store),
            positions: store.declare(
                "\(name).positions", [Self.mostSentences, width], .normal(deviation: 0.01), decays: false),
            gain: store.declare("\(name).norm.weight", [width], .ones, decays: false),
            normBias: store.declare("\(name).norm.bias", [width], .zeros, decays: false),
            predictors: (1...steps).map {
                store.declare(
                    "\(name).predictor.\($0).weight", [width, width],
                    .normal(deviation: 1 / Float(width).squareRoot()), decays: true)
            })
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let passages = batch.needed(batch.passages, "sentences"), parts = batch.needed(parts, "a declared aggregator")
        let documents = passages.documents, mark = tape.mark
        let places = (0..<documents.count).flatMap { Array(0..<documents[$0].count) }
        let placed = tape.add(passages.rows, tape.gatherRows(parts.positions, places))
        let mixed = parts.aggregator.apply(to: placed, documents, since: mark, on: &tape)
        let contexts = tape.layerNorm(mixed, gain: parts.gain, bias: parts.normBias)  // [sentences, width]
        let candidates = tape.normalizeRows(passages.rows)
        let scale = tape.constant(-naturalLogarithm(temperature))
        var terms: [(Tensor, Float)] = [], count = 0
        for (step, predictor) in zip(1..., parts.predictors) {
            let asking = askers(documents, step)
            guard !asking.isEmpty else { continue }
            let predicted = tape.normalizeRows(
                tape.linear(tape.gatherRows(contexts, asking), weight: predictor, bias: nil))
            let logits = tape.similarities(predicted, candidates, logScale: scale)  // [asking, sentences]
            let targets = asking.map { $0 + step }
            let part = tape.crossEntropy(
                logits, targets: targets.map { Int32($0) }, ignoring: ignored(targets, passages.ids))
            terms.append((part, Float(asking.count)))
            count += asking.count
        }
        return tape.weightedSum(terms.map { ($0, $1 / Float(max(count, 1))) })
    }

    /// Sentences of which another stands so many behind in the same document.
    private func askers(_ documents: Segments, _ step: Int) -> [Int] {
        (0..<documents.count).flatMap { documents[$0].dropLast(step) }
    }

    /// `[targets · sentences]`: true for sentences that read as the right one; empty where all differ.
    private func ignored(_ targets: [Int], _ ids: [Int]) -> [Bool] {
        guard Set(ids).count < ids.count else { return [] }
        return targets.flatMap { target in ids.indices.map { $0 != target && ids[$0] == ids[target] } }
    }

    /// The logarithm of the number of sentences.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        naturalLogarithm(Float(max(batch.needed(batch.passages, "sentences").ids.count, 1)))
    }
}
