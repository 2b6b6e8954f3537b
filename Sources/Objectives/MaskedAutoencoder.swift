public import Autodiff
import Layers
import Tensors

/// Three quarters of the patches are hidden and never computed; a small decoder must draw them from the rest.
///
/// `mean over hidden patches of ‖x̂ − x‖²/patchWidth`, where each patch x is normalised by its own mean and deviation — He et
/// al. 2022 (MAE), sections 3 and 4.1 ("normalized pixels"). The decoder is two blocks of half the tower's width here: its
/// depth hardly matters when the tower is used without it (table 1a). The loss of drawing every patch grey is 1.
public struct MaskedAutoencoder: Objective {
    /// `mae`.
    public static let name = "mae"
    /// Pictures alone.
    public static let learnsFrom = "pictures"
    /// The share of patches that are hidden, per cent.
    public var hiddenPercent = 75
    /// Blocks of the decoder.
    public var decoderLayers = 2
    private var decoder: Decoder?

    private struct Decoder {
        let entry, entryBias: Tensor  // [width, imageWidth] and [width]
        let hiddenRow: Tensor  // [1, width]
        let positions: Tensor  // [patches, width]
        let blocks: BlockStack
        let gain, normBias: Tensor  // [width]
        let exit, exitBias: Tensor  // [patchWidth, width] and [patchWidth]
    }

    /// The published settings, with a smaller decoder.
    public init() {}

    /// Visible patches.
    public var needs: Set<BatchNeed> { [.visiblePatches(hiddenPercent: hiddenPercent)] }

    /// The decoder.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        let heads = max(setting.imageWidth / 2 / 32, 1), width = max(setting.imageWidth / 2 / heads, 1) * heads
        let name = "objective.mae.decoder", deviation = 1 / Float(setting.imageWidth).squareRoot()
        let waves = sineCosinePositions(side: Int(Double(setting.patches).squareRoot()), width: width)
        decoder = Decoder(
            entry: store.declare(
                "\(name).entry.weight", [width, setting.imageWidth], .normal(deviation: deviation), decays: true),
            entryBias: store.declare("\(name).entry.bias", [width], .zeros, decays: false),
            hiddenRow: store.declare("\(name).mask_token", [1, width], .normal(deviation: 0.02), decays: false),
            positions: store.declare(
                "\(name).positions", [setting.patches, width], .values(Array(waves[width...])), decays: false,
                learns: false),
            blocks: BlockStack(
                "\(name).",
                BlockSettings(width: width, heads: heads, hiddenWidth: 4 * width, layers: decoderLayers), in: &store),
            gain: store.declare("\(name).norm.weight", [width], .ones, decays: false),
            normBias: store.declare("\(name).norm.bias", [width], .zeros, decays: false),
            exit: store.declare(
                "\(name).exit.weight", [setting.patchWidth, width],
                .normal(deviation: 1 / Float(width).squareRoot()), decays: true),
            exitBias: store.declare("\(name).exit.bias", [setting.patchWidth], .zeros, decays: false))
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let seen = batch.needed(batch.visiblePatches[hiddenPercent], "visible patches")
        let decoder = batch.needed(decoder, "a declared decoder"), hidden = seen.hiddenRows
        let mark = tape.mark, segments = Segments(count: seen.hidden.count, length: seen.patchesPerPicture)
        let entered = tape.linear(seen.rows, weight: decoder.entry, bias: decoder.entryBias)
        let filled = tape.gatherRows(tape.joinRows(entered, decoder.hiddenRow), sources(of: seen))
        let placed = tape.assemblePatches(
            filled, classToken: nil, positions: decoder.positions, batch: seen.hidden.count)
        let drawn = tape.gatherRows(decoder.blocks.apply(to: placed, segments, since: mark, on: &tape), hidden)
        let rows = tape.layerNorm(drawn, gain: decoder.gain, bias: decoder.normBias)
        let pixels = tape.linear(rows, weight: decoder.exit, bias: decoder.exitBias)  // [hidden, patchWidth]
        let distance = tape.meanSquaredDistance(pixels, targets(of: seen, hidden, on: &tape))
        return tape.weightedSum([(distance, 1 / Float(seen.patches.width))])
    }

    /// Of every patch of every picture, the row among those that entered, or the learnt one behind them.
    private func sources(of seen: EncodedPatches) -> [Int] {
        let rowsPerPicture = seen.rows.rowCount / seen.hidden.count
        return seen.hidden.enumerated().flatMap { picture, hidden in
            var next = picture * rowsPerPicture + seen.extraRows
            let isHidden = Set(hidden)
            return (0..<seen.patchesPerPicture).map { place in
                guard !isHidden.contains(place) else { return seen.rows.rowCount }
                next += 1
                return next - 1
            }
        }
    }

    /// Hidden patches, each at mean 0 and deviation 1.
    private func targets(of seen: EncodedPatches, _ hidden: [Int], on tape: inout Tape) -> Tensor {
        let width = seen.patches.width
        var rows = tape.read(seen.patches) { floats in
            hidden.flatMap { row in (0..<width).map { floats[row * width + $0] } }
        }
        for row in hidden.indices {
            let own = row * width..<(row + 1) * width
            let mean = rows[own].reduce(0, +) / Float(width)
            let variance = rows[own].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(max(width - 1, 1))
            let share = 1 / (variance + 1e-6).squareRoot()
            for i in own { rows[i] = (rows[i] - mean) * share }
        }
        return tape.input([hidden.count, width]) { floats in for i in rows.indices { floats[i] = rows[i] } }
    }

    /// A grey patch is as far away as its own deviation.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? { 1 }
}
