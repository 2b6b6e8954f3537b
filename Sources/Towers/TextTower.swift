import Autodiff
import Kernels
import Layers
import Tensors

/// What a text transformer is made of: every architecture that is read here is a value of this.
struct TextPlan: Sendable, Equatable {
    var contextLength, vocabSize: Int
    var blocks: BlockSettings
    var pooling: TextPooling
    /// Kinds of segments that have a row of their own (BERT's sentence A and B); a token is of the first unless a
    /// caller says otherwise.
    var segmentKinds = 0
    var names = TextNames.clip

    /// Length of what `encode` makes of a caption, where a matrix of the tower's own decides it.
    var headWidth: Int?

    /// Length of what `encode` makes of a caption.
    var featureWidth: Int { headWidth ?? blocks.width }
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
    let tokens: Tensor  // [vocabSize, width]
    private let positions: Tensor  // [contextLength, width]
    private let segmentRows: Tensor?  // [segmentKinds, width]
    private let normBefore, normAfter: LayerNorm?
    let blocks: BlockStack
    private let query: Tensor?  // [1, width]
    private let head: Projection?

    /// `name` is what stands before the names of all parameters: nothing, or it ends with a dot.
    ///
    /// Initial weights as published (`InitialWeights`).
    init(_ name: String, _ plan: TextPlan, tuning: TowerTuning = TowerTuning(), in store: inout ParameterStore) {
        (self.plan, self.tuning) = (plan, tuning)
        let names = plan.names, width = plan.blocks.width
        func table(_ part: String, _ rows: Int, _ deviation: Float, in store: inout ParameterStore) -> Tensor {
            store.declare("\(name)\(part)", [rows, width], .normal(deviation: deviation), decays: false)
        }
        func norm(_ part: String?, in store: inout ParameterStore) -> LayerNorm? {
            part.map { LayerNorm("\(name)\($0)", width: width, epsilon: plan.blocks.epsilon, in: &store) }
        }
        let deviations = plan.blocks.deviations
        tokens = table(names.tokens, plan.vocabSize, deviations.tokens, in: &store)
        positions = table(names.positions, plan.contextLength, deviations.positions, in: &store)
        segmentRows = names.segments.map { table($0, plan.segmentKinds, deviations.positions, in: &store) }
        normBefore = norm(names.normBefore, in: &store)
        blocks = BlockStack(name, plan.blocks, rank: tuning.rank, in: &store)
        normAfter = norm(names.normAfter, in: &store)
        // All tokens count alike until something is learnt.
        query =
            plan.pooling == .attention
            ? store.declare("\(name)\(Self.queryName)", [1, width], .zeros, decays: false) : nil
        head = names.head.map {
            Projection(.affine("\(name)\($0)"), width: width, embedDim: plan.featureWidth, in: &store)
        }
    }

    /// How the learnt query of attention pooling is called.
    static let queryName = "pooling.query"

    /// `ids` are the tokens of all captions, one behind the other; the result is `[captions, plan.featureWidth]`.
    func encode(
        tokens ids: [Int32], _ segments: Segments, kinds: [Int32]? = nil, dropout: Float = 0, on tape: inout Tape
    ) -> Tensor {
        let kept: KeptRow? =
            switch plan.pooling {
            case .last: .last
            case .first: .first
            case .mean, .weightedMean, .attention: nil
            }
        let x = rows(tokens: ids, segments, kinds: kinds, keeping: kept, dropout: dropout, on: &tape)
        guard kept != nil else { return pool(x, segments, on: &tape) }
        return head?.apply(to: x, on: &tape) ?? x
    }

    /// All rows behind the last norm, `[tokens, width]`; one a caption where `kept` is given.
    func rows(
        tokens ids: [Int32], _ segments: Segments, kinds: [Int32]? = nil, keeping kept: KeptRow? = nil,
        dropout: Float = 0, on tape: inout Tape
    ) -> Tensor {
        precondition(
            segments.longest <= plan.contextLength && segments.rowCount == ids.count,
            "\(ids.count) tokens in segments of up to \(segments.longest), context length \(plan.contextLength)")
        precondition((0..<segments.count).allSatisfy { !segments[$0].isEmpty }, "a caption has at least its end token")
        let mark = tape.mark
        var x =
            tuning.frozenBlocks == nil
            ? assemble(ids, segments, kinds, &tape)
            : tape.withoutRecording { assemble(ids, segments, kinds, &$0) }
        if dropout > 0 { x = tape.dropout(x, share: dropout, segments: segments) }
        // Under a causal mask the first token has seen itself alone.
        precondition(!(plan.pooling == .first && plan.blocks.causal), "a causal tower cannot pool its first token")
        x = blocks.apply(
            to: x, segments, keeping: kept, dropout: dropout, since: mark, frozen: tuning.frozenBlocks ?? 0, on: &tape)
        return normAfter?.apply(to: x, on: &tape) ?? x
    }

    /// Makes one row of each caption's, `[captions, plan.featureWidth]`; `x` is what `rows` made of all tokens.
    func pool(_ x: Tensor, _ segments: Segments, on tape: inout Tape) -> Tensor {
        let pooled: Tensor
        switch plan.pooling {
        case .last: pooled = tape.gatherRows(x, KeptRow.last.rows(of: segments))
        case .first: pooled = tape.gatherRows(x, KeptRow.first.rows(of: segments))
        case .mean: pooled = tape.meanRows(x, segments: segments)
        case .weightedMean: pooled = tape.mixRows(x, segments.positionShares)
        case .attention:
            guard let query else { preconditionFailure("attention pooling has a query") }
            let queries = tape.gatherRows(query, [Int](repeating: 0, count: segments.count))
            pooled = tape.pooledAttention(queries, tape.joinColumns(x, x), segments: segments, heads: 1)
        }
        return head?.apply(to: pooled, on: &tape) ?? pooled
    }

    /// What enters the first block: a row a token.
    private func assemble(
        _ ids: [Int32], _ segments: Segments, _ kinds: [Int32]?, _ tape: inout Tape
    ) -> Tensor {
        let x = tape.embedTokens(
            ids, segments: segments, table: tokens, positions: positions, kinds: segmentRows, kindOf: kinds)
        return normBefore?.apply(to: x, on: &tape) ?? x
    }
}
