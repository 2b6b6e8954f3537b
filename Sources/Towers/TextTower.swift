import Autodiff
import Kernels
import Tensors

/// What a text transformer is made of: every architecture that is read here is a value of this.
struct TextPlan: Sendable, Equatable {
    var contextLength, vocabSize: Int
    var blocks: BlockSettings
    var pooling: TextPooling
    /// Kinds of segments that have a row of their own (BERT's sentence A and B); every token is of the first.
    var segmentKinds = 0
    var names = TextNames.clip

    /// Length of what `encode` makes of a caption, where a matrix of the tower's own decides it.
    var headWidth: Int?

    /// Length of what `encode` makes of a caption.
    var featureWidth: Int { headWidth ?? blocks.width }
}

/// How the rows of a caption become one.
public enum TextPooling: String, Codable, Sendable, CaseIterable {
    /// The last token's row: the end token's.
    case last
    /// The first token's row.
    case first = "class"
    /// The mean of all rows.
    case mean
}

/// How the parameters outside the blocks are called; what is nil does not exist.
struct TextNames: Sendable, Equatable {
    var tokens, positions: String
    var segments: String?
    var normBefore: String?
    var normAfter: String?
    /// A matrix with a bias behind the pooling.
    var head: String?

    static let clip = TextNames(
        tokens: "embeddings.token_embedding.weight", positions: "embeddings.position_embedding.weight",
        normAfter: "final_layer_norm")
}

/// Captions, as tokens, to one row each: a transformer, causal as in Radford et al. 2021, or not as in Devlin et al. 2019.
///
/// Captions are packed: each ends at its end token, and nothing behind it is stored or computed.
struct TextTower: Sendable {
    let plan: TextPlan
    /// What of it learns.
    let tuning: TowerTuning
    private let tokens: Tensor  // [vocabSize, width]
    private let positions: Tensor  // [contextLength, width]
    private let segmentRows: Tensor?  // [segmentKinds, width]
    private let normBefore, normAfter: LayerNorm?
    let blocks: BlockStack
    private let head: Projection?

    /// `name` is what stands before the names of all parameters: nothing, or it ends with a dot.
    ///
    /// Initial weights as published: deviation 0.02 for tokens, 0.01 for positions.
    init(_ name: String, _ plan: TextPlan, tuning: TowerTuning = TowerTuning(), in store: inout ParameterStore) {
        (self.plan, self.tuning) = (plan, tuning)
        let names = plan.names, width = plan.blocks.width
        func table(_ part: String, _ rows: Int, _ deviation: Float, in store: inout ParameterStore) -> Tensor {
            store.declare("\(name)\(part)", [rows, width], .normal(deviation: deviation), decays: false)
        }
        func norm(_ part: String?, in store: inout ParameterStore) -> LayerNorm? {
            part.map { LayerNorm("\(name)\($0)", width: width, epsilon: plan.blocks.epsilon, in: &store) }
        }
        tokens = table(names.tokens, plan.vocabSize, 0.02, in: &store)
        positions = table(names.positions, plan.contextLength, 0.01, in: &store)
        segmentRows = names.segments.map { table($0, plan.segmentKinds, 0.01, in: &store) }
        normBefore = norm(names.normBefore, in: &store)
        blocks = BlockStack(name, plan.blocks, rank: tuning.rank, in: &store)
        normAfter = norm(names.normAfter, in: &store)
        head = names.head.map {
            Projection(.affine("\(name)\($0)"), width: width, embedDim: plan.featureWidth, in: &store)
        }
    }

    /// `ids` are the tokens of all captions, one behind the other; the result is `[captions, plan.featureWidth]`.
    func encode(tokens ids: [Int32], _ segments: Segments, on tape: inout Tape) -> Tensor {
        precondition(
            segments.longest <= plan.contextLength && segments.rowCount == ids.count,
            "\(ids.count) tokens in segments of up to \(segments.longest), context length \(plan.contextLength)")
        precondition((0..<segments.count).allSatisfy { !segments[$0].isEmpty }, "a caption has at least its end token")
        let mark = tape.mark
        var x =
            tuning.frozenBlocks == nil
            ? assemble(ids, segments, &tape) : tape.withoutRecording { assemble(ids, segments, &$0) }
        let kept: KeptRow? =
            switch plan.pooling {
            case .last: .last
            case .first: .first
            case .mean: nil
            }
        // Under a causal mask the first token has seen itself alone.
        precondition(!(plan.pooling == .first && plan.blocks.causal), "a causal tower cannot pool its first token")
        x = blocks.apply(  // [captions, width], or all rows
            to: x, segments, keeping: kept, since: mark, frozen: tuning.frozenBlocks ?? 0, on: &tape)
        if let normAfter { x = normAfter.apply(to: x, on: &tape) }
        if kept == nil { x = tape.meanRows(x, segments: segments) }
        return head?.apply(to: x, on: &tape) ?? x
    }

    /// What enters the first block: a row a token.
    private func assemble(_ ids: [Int32], _ segments: Segments, _ tape: inout Tape) -> Tensor {
        let x = tape.embedTokens(ids, segments: segments, table: tokens, positions: positions, kinds: segmentRows)
        return normBefore?.apply(to: x, on: &tape) ?? x
    }
}
