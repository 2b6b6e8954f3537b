package import Autodiff
package import Kernels
package import Tensors

/// What the blocks of one tower share.
package struct BlockSettings: Sendable, Equatable {
    /// Where the layer norms stand.
    package enum NormPlace: Sendable {
        /// Before attention and hidden layer; the sum is not normalised (Radford et al. 2019, CLIP, DINOv2).
        case before
        /// Behind each sum (Vaswani et al. 2017, BERT).
        case after
    }

    package var width, heads, hiddenWidth, layers: Int
    package var causal: Bool
    package var activation: Activation
    package var epsilon: Float
    package var normPlace: NormPlace
    package var initial: InitialWeights
    package var names: BlockNames

    package init(
        width: Int, heads: Int, hiddenWidth: Int, layers: Int, causal: Bool = false, activation: Activation = .gelu,
        epsilon: Float = 1e-5, normPlace: NormPlace = .before, initial: InitialWeights = .clip,
        names: BlockNames = .clip
    ) {
        (self.width, self.heads, self.hiddenWidth, self.layers) = (width, heads, hiddenWidth, layers)
        (self.causal, self.activation, self.epsilon) = (causal, activation, epsilon)
        (self.normPlace, self.initial, self.names) = (normPlace, initial, names)
    }

    package var deviations: InitialWeights.Deviations { initial.deviations(width: width, layers: layers) }
}

/// How the parameters of a block are called, behind the block's own name.
package struct BlockNames: Sendable, Equatable {
    package var blocks, norm1, query, key, value, out, norm2, fc1, fc2: String
    /// What each sum's second part is multiplied by, column by column — Touvron et al. 2021 (CaiT), eq. 4.
    package var scale1, scale2: String?

    package init(
        blocks: String, norm1: String, query: String, key: String, value: String, out: String, norm2: String,
        fc1: String,
        fc2: String, scale1: String? = nil, scale2: String? = nil
    ) {
        (self.blocks, self.norm1, self.norm2) = (blocks, norm1, norm2)
        (self.query, self.key, self.value, self.out) = (query, key, value, out)
        (self.fc1, self.fc2, self.scale1, self.scale2) = (fc1, fc2, scale1, scale2)
    }

    package static let clip = BlockNames(
        blocks: "encoder.layers", norm1: "layer_norm1", query: "self_attn.q_proj", key: "self_attn.k_proj",
        value: "self_attn.v_proj", out: "self_attn.out_proj", norm2: "layer_norm2", fc1: "mlp.fc1", fc2: "mlp.fc2")
}

/// The one row of a sequence that is pooled.
package enum KeptRow: Sendable {
    /// A class token.
    case first
    /// An end token: also under a causal mask, it has seen all others.
    case last

    package func rows(of segments: Segments) -> [Int] {
        (0..<segments.count).map { self == .first ? segments[$0].lowerBound : segments[$0].upperBound - 1 }
    }
}

/// Rows look at each other, then each row by itself passes a hidden layer; both times the result is added to the rows.
///
/// `x += attention(norm(x))`, `x += fc2(gelu(fc1(norm(x))))` — Vaswani et al. 2017, with the norm first as in Radford et
/// al. 2019, or behind each sum.
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
        let deviations = settings.deviations
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
            store.declare(
                "\($0).weight", [width, width], .normal(deviation: deviations.attention), decays: true, isHidden: true)
        }
        let biases = projections.map { store.declare("\($0).bias", [width], .zeros, decays: false) }
        (inWeight, inBias) = (store.joined(weights), store.joined(biases))
        (outWeight, outBias) = matrix(names.out, [width, width], deviations.added, in: &store)
        scale1 = names.scale1.map { store.declare("\(name).\($0)", [width], .ones, decays: false) }
        norm2 = norm(names.norm2, in: &store)
        (fc1Weight, fc1Bias) = matrix(names.fc1, [hidden, width], deviations.hidden, in: &store)
        (fc2Weight, fc2Bias) = matrix(names.fc2, [width, hidden], deviations.added, in: &store)
        scale2 = names.scale2.map { store.declare("\(name).\($0)", [width], .ones, decays: false) }
        func update(_ part: String, of weight: Tensor, in store: inout ParameterStore) -> LowRankUpdate? {
            rank.map { LowRankUpdate("\(name).\(LowRankUpdate.name).\(part)", of: weight, rank: $0, in: &store) }
        }
        inUpdate = update("in", of: inWeight, in: &store)
        outUpdate = update("out", of: outWeight, in: &store)
    }

    /// `x` is `[rows, width]`, and so is the result; where `kept` is given, the result is `[segments, width]`, and nothing
    /// is computed for the other rows but keys and values. `dropout` is the share of what attention and hidden layer add
    /// that a recorded step leaves out.
    func apply(
        to x: Tensor, _ segments: Segments, keeping kept: KeptRow? = nil, dropout: Float = 0, on tape: inout Tape
    ) -> Tensor {
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
        let luck = dropout > 0 ? BlockDropout(share: dropout, segments: kept == nil ? segments : nil) : nil
        x = add(mixed, luck, to: x, on: &tape)
        if !isNormedBefore { x = norm1.apply(to: x, on: &tape) }

        let hidden = tape.feedForward(
            x, through: isNormedBefore ? norm2.parameters : nil, LinearParameters(weight: fc1Weight, bias: fc1Bias),
            settings.activation, LinearParameters(weight: fc2Weight, bias: fc2Bias),
            addingInput: scale2 == nil && luck == nil)
        x = luck == nil && scale2 == nil ? hidden : add(hidden, scale2, luck, to: x, on: &tape)
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

    /// What attention mixed goes through its last matrix and is added to `x`.
    private func add(_ mixed: Tensor, _ dropout: BlockDropout?, to x: Tensor, on tape: inout Tape) -> Tensor {
        guard scale1 != nil || dropout != nil else {
            let sum = tape.linear(mixed, weight: outWeight, bias: outBias, adding: x)
            return outUpdate?.apply(to: mixed, adding: sum, on: &tape) ?? sum
        }
        let product = tape.linear(mixed, weight: outWeight, bias: outBias)
        return add(
            outUpdate?.apply(to: mixed, adding: product, on: &tape) ?? product, scale1, dropout, to: x, on: &tape)
    }

    /// `x + scale ∘ dropout(y)`, where there is one or the other.
    private func add(
        _ y: Tensor, _ scale: Tensor?, _ dropout: BlockDropout?, to x: Tensor, on tape: inout Tape
    ) -> Tensor {
        guard let scale else {
            return tape.dropout(y, share: dropout?.share ?? 0, segments: dropout?.segments, adding: x)
        }
        let kept = dropout.map { tape.dropout(y, share: $0.share, segments: $0.segments) } ?? y
        return tape.addScaledColumns(kept, scale: scale, to: x)
    }
}

/// What a step leaves out of what a block adds, and the rows of each item of the batch; a row is an item where nil.
private struct BlockDropout {
    let share: Float
    let segments: Segments?
}

/// The blocks of a tower, one after the other.
package struct BlockStack: Sendable {
    private let blocks: [TransformerBlock]

    package var lowRankUpdates: [LowRankUpdate] { blocks.flatMap(\.lowRankUpdates) }

    /// `name` is what stands before the names of all blocks: nothing, or it ends with a dot.
    package init(_ name: String, _ settings: BlockSettings, rank: Int? = nil, in store: inout ParameterStore) {
        blocks = (0..<settings.layers).map {
            TransformerBlock("\(name)\(settings.names.blocks).\($0)", settings, rank: rank, in: &store)
        }
    }

    /// `x` is `[rows, width]`, and so is the result; where `kept` is given, the last block makes one row a segment. The
    /// first `frozen` blocks have no gradients.
    ///
    /// Unless the step is recorded, all values made since `mark` but the result are forgotten, so that a tower's memory
    /// does not grow with its layers.
    package func apply(
        to x: Tensor, _ segments: Segments, keeping kept: KeptRow? = nil, dropout: Float = 0, since mark: Tape.Mark,
        frozen: Int = 0, on tape: inout Tape
    ) -> Tensor {
        func pass(_ part: Range<Int>, _ x: Tensor, on tape: inout Tape) -> Tensor {
            var x = x
            for number in part {
                let kept = number == blocks.count - 1 ? kept : nil
                x = tape.release(
                    to: mark,
                    keeping: blocks[number].apply(to: x, segments, keeping: kept, dropout: dropout, on: &tape))
            }
            return x
        }
        let seen = frozen == 0 ? x : tape.withoutRecording { pass(0..<frozen, x, on: &$0) }
        return pass(frozen..<blocks.count, seen, on: &tape)
    }
}
