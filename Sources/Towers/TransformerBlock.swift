import Autodiff
import Kernels
import Tensors

/// What the blocks of one tower share.
struct BlockSettings: Sendable, Equatable {
    /// Where the layer norms stand.
    enum NormPlace: Sendable {
        /// Before attention and hidden layer; the sum is not normalised (Radford et al. 2019, CLIP, DINOv2).
        case before
        /// Behind each sum (Vaswani et al. 2017, BERT).
        case after
    }

    var width, heads, hiddenWidth, layers: Int
    var causal = false
    var activation = Activation.gelu
    var epsilon: Float = 1e-5
    var normPlace = NormPlace.before
    var names = BlockNames.clip
}

/// How the parameters of a block are called, behind the block's own name.
struct BlockNames: Sendable, Equatable {
    var blocks, norm1, query, key, value, out, norm2, fc1, fc2: String
    /// What each sum's second part is multiplied by, column by column — Touvron et al. 2021 (CaiT), eq. 4.
    var scale1, scale2: String?

    static let clip = BlockNames(
        blocks: "encoder.layers", norm1: "layer_norm1", query: "self_attn.q_proj", key: "self_attn.k_proj",
        value: "self_attn.v_proj", out: "self_attn.out_proj", norm2: "layer_norm2", fc1: "mlp.fc1", fc2: "mlp.fc2")
}

/// The one row of a sequence that is pooled.
enum KeptRow: Sendable {
    /// A class token.
    case first
    /// An end token: also under a causal mask, it has seen all others.
    case last

    func rows(of segments: Segments) -> [Int] {
        (0..<segments.count).map { self == .first ? segments[$0].lowerBound : segments[$0].upperBound - 1 }
    }
}

/// Rows look at each other, then each row by itself passes a hidden layer; both times the result is added to the rows.
///
/// `x += attention(norm(x))`, `x += fc2(gelu(fc1(norm(x))))` — Vaswani et al. 2017, with the norm first as in Radford et
/// al. 2019, or behind each sum. Initial weights as Radford et al. 2021 published them with their code and open_clip
/// repeats them: `width^-½` for queries, keys and values, `(2·width)^-½` for fc1, `width^-½·(2·layers)^-½` for what is
/// added to the rows.
struct TransformerBlock: Sendable {
    private let settings: BlockSettings
    private let norm1, norm2: LayerNorm
    private let inWeight, inBias: Tensor  // [3·width, width] and [3·width]: queries, keys, values
    private let outWeight, outBias: Tensor  // [width, width] and [width]
    private let fc1Weight, fc1Bias: Tensor  // [hiddenWidth, width] and [hiddenWidth]
    private let fc2Weight, fc2Bias: Tensor  // [width, hiddenWidth] and [width]
    private let scale1, scale2: Tensor?  // [width]
    /// Of queries, keys and values, and of what follows them.
    private let inUpdate, outUpdate: LowRankUpdate?

    var lowRankUpdates: [LowRankUpdate] { [inUpdate, outUpdate].compactMap { $0 } }

    init(_ name: String, _ settings: BlockSettings, rank: Int? = nil, in store: inout ParameterStore) {
        self.settings = settings
        let width = settings.width, hidden = settings.hiddenWidth, names = settings.names
        let deviation = 1 / Float(width).squareRoot(), added = deviation / Float(2 * settings.layers).squareRoot()
        func norm(_ part: String, in store: inout ParameterStore) -> LayerNorm {
            LayerNorm("\(name).\(part)", width: width, epsilon: settings.epsilon, in: &store)
        }
        func matrix(
            _ part: String, _ shape: Shape, _ deviation: Float, in store: inout ParameterStore
        ) -> (Tensor, Tensor) {
            let weight = store.declare(
                "\(name).\(part).weight", shape, .normal(deviation: deviation), decays: true, isHidden: true)
            return (weight, store.declare("\(name).\(part).bias", [shape[0]], .zeros, decays: false))
        }
        norm1 = norm(names.norm1, in: &store)
        // Beside each other, so that one product makes all three.
        let projections = [names.query, names.key, names.value].map { "\(name).\($0)" }
        let weights = projections.map {
            store.declare("\($0).weight", [width, width], .normal(deviation: deviation), decays: true, isHidden: true)
        }
        let biases = projections.map { store.declare("\($0).bias", [width], .zeros, decays: false) }
        (inWeight, inBias) = (store.joined(weights), store.joined(biases))
        (outWeight, outBias) = matrix(names.out, [width, width], added, in: &store)
        scale1 = names.scale1.map { store.declare("\(name).\($0)", [width], .ones, decays: false) }
        norm2 = norm(names.norm2, in: &store)
        (fc1Weight, fc1Bias) = matrix(names.fc1, [hidden, width], 1 / Float(2 * width).squareRoot(), in: &store)
        (fc2Weight, fc2Bias) = matrix(names.fc2, [width, hidden], added, in: &store)
        scale2 = names.scale2.map { store.declare("\(name).\($0)", [width], .ones, decays: false) }
        func update(_ part: String, of weight: Tensor, in store: inout ParameterStore) -> LowRankUpdate? {
            rank.map { LowRankUpdate("\(name).\(LowRankUpdate.name).\(part)", of: weight, rank: $0, in: &store) }
        }
        inUpdate = update("in", of: inWeight, in: &store)
        outUpdate = update("out", of: outWeight, in: &store)
    }

    /// `x` is `[rows, width]`, and so is the result; where `kept` is given, the result is `[segments, width]`, and nothing
    /// is computed for the other rows but keys and values.
    func apply(to x: Tensor, _ segments: Segments, keeping kept: KeptRow? = nil, on tape: inout Tape) -> Tensor {
        let isNormedBefore = settings.normPlace == .before
        let mixed: Tensor
        var x = x
        if let kept {
            let rows = kept.rows(of: segments), width = settings.width
            let queries = project(tape.gatherRows(x, rows), 0..<width, on: &tape)
            let keysAndValues = project(x, width..<3 * width, on: &tape)
            mixed = tape.pooledAttention(queries, keysAndValues, segments: segments, heads: settings.heads)
            x = tape.gatherRows(x, rows)
        } else if inUpdate == nil {
            mixed = tape.selfAttention(
                x, through: isNormedBefore ? norm1.parameters : nil, LinearParameters(weight: inWeight, bias: inBias),
                segments: segments, heads: settings.heads, causal: settings.causal)
        } else {
            let qkv = project(x, 0..<3 * settings.width, on: &tape)  // [rows, 3·width]
            mixed = tape.attention(qkv, segments: segments, heads: settings.heads, causal: settings.causal)
        }
        x = add(mixed, outWeight, outBias, scale1, outUpdate, to: x, on: &tape)
        if !isNormedBefore { x = norm1.apply(to: x, on: &tape) }

        let hidden = tape.feedForward(
            x, through: isNormedBefore ? norm2.parameters : nil, LinearParameters(weight: fc1Weight, bias: fc1Bias),
            settings.activation, LinearParameters(weight: fc2Weight, bias: fc2Bias), addingInput: scale2 == nil)
        x = scale2.map { tape.addScaledColumns(hidden, scale: $0, to: x) } ?? hidden
        return isNormedBefore ? x : norm2.apply(to: x, on: &tape)
    }

    /// Some of the columns of queries, keys and values.
    private func project(_ x: Tensor, _ columns: Range<Int>, on tape: inout Tape) -> Tensor {
        let weight = inWeight.rows(columns), bias = inBias.rows(columns)
        let isNormedBefore = settings.normPlace == .before
        if isNormedBefore && inUpdate == nil {
            return tape.linear(x, through: norm1.parameters, LinearParameters(weight: weight, bias: bias))
        }
        let seen = isNormedBefore ? norm1.apply(to: x, on: &tape) : x
        let y = tape.linear(seen, weight: weight, bias: bias)
        return inUpdate?.apply(to: seen, adding: y, rows: columns, on: &tape) ?? y
    }

    /// `x + scale ∘ (y·weightᵀ + bias)`, with the weight's update where it has one.
    private func add(
        _ y: Tensor, _ weight: Tensor, _ bias: Tensor, _ scale: Tensor?, _ update: LowRankUpdate?, to x: Tensor,
        on tape: inout Tape
    ) -> Tensor {
        guard let scale else {
            let sum = tape.linear(y, weight: weight, bias: bias, adding: x)
            return update?.apply(to: y, adding: sum, on: &tape) ?? sum
        }
        let product = tape.linear(y, weight: weight, bias: bias)
        return tape.addScaledColumns(
            update?.apply(to: y, adding: product, on: &tape) ?? product, scale: scale, to: x)
    }
}

/// The blocks of a tower, one after the other.
struct BlockStack: Sendable {
    private let blocks: [TransformerBlock]

    var lowRankUpdates: [LowRankUpdate] { blocks.flatMap(\.lowRankUpdates) }

    /// `name` is what stands before the names of all blocks: nothing, or it ends with a dot.
    init(_ name: String, _ settings: BlockSettings, rank: Int? = nil, in store: inout ParameterStore) {
        blocks = (0..<settings.layers).map {
            TransformerBlock("\(name)\(settings.names.blocks).\($0)", settings, rank: rank, in: &store)
        }
    }

    /// `x` is `[rows, width]`, and so is the result; where `kept` is given, the last block makes one row a segment. The
    /// first `frozen` blocks have no gradients.
    ///
    /// Unless the step is recorded, all values made since `mark` but the result are forgotten, so that a tower's memory
    /// does not grow with its layers.
    func apply(
        to x: Tensor, _ segments: Segments, keeping kept: KeptRow? = nil, since mark: Tape.Mark, frozen: Int = 0,
        on tape: inout Tape
    ) -> Tensor {
        func pass(_ part: Range<Int>, _ x: Tensor, on tape: inout Tape) -> Tensor {
            var x = x
            for number in part {
                let kept = number == blocks.count - 1 ? kept : nil
                x = tape.release(to: mark, keeping: blocks[number].apply(to: x, segments, keeping: kept, on: &tape))
            }
            return x
        }
        let seen = frozen == 0 ? x : tape.withoutRecording { pass(0..<frozen, x, on: &$0) }
        return pass(frozen..<blocks.count, seen, on: &tape)
    }
}
