public import Autodiff
import Kernels
import Tensors

/// MoCo v2: a view must pick the other view of its picture from a queue of what a slow copy of the tower made of batches
/// before.
///
/// `−log (exp(q·k₊/τ) / (exp(q·k₊/τ) + Σ_queue exp(q·k/τ)))` — He et al. 2020, equation 1; the head has a hidden layer and τ
/// is 0.2 as in Chen et al. 2020 (v2), section 3. Both views ask in turn, so that none of what the tower made is thrown
/// away. The queue begins with random directions and holds 4,096 keys: small data must not meet its own pictures in it too
/// often. Chance level is `ln(queue + 1)`.
public struct MoCoQueue: Objective {
    /// `moco-v2`.
    public static let name = "moco-v2"
    /// Pictures alone.
    public static let learnsFrom = "pictures"
    /// τ: what cosines are divided by.
    public var temperature: Float = 0.2
    /// What the slow copy keeps of itself at a step.
    public var momentum: Float = 0.99
    /// Length of the vectors that are compared.
    public var headWidth = 128
    /// Keys in the queue.
    public var queueCount = 4096
    private var parts: Parts?

    private struct Parts {
        let head, slow: ProjectionHead
        let queue: Tensor  // [queueCount, headWidth]
        let next: Tensor  // []: the row that is written next
    }

    /// The settings of small data.
    public init() {}

    /// Two views, through the tower and through its slow copy.
    public var needs: Set<BatchNeed> { [.pictureViews, .slowPictureViews] }

    /// The head, its slow copy, and the queue: parameters, so that a checkpoint holds them.
    public mutating func declareParameters(_ setting: ObjectiveSetting, in store: inout ParameterStore) {
        let widths = [setting.imageWidth, 4 * setting.imageWidth, headWidth], name = "objective.moco-v2"
        parts = Parts(
            head: ProjectionHead("\(name).head", widths: widths, in: &store),
            slow: store.declareCopy(named: "slow.") { ProjectionHead("\(name).head", widths: widths, in: &$0) },
            queue: store.declare(
                "\(name).queue", [queueCount, headWidth], .normal(deviation: 1 / Float(headWidth).squareRoot()),
                decays: false, learns: false),
            next: store.declare("\(name).next", [], .zeros, decays: false, learns: false))
    }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        let views = batch.needed(batch.pictureViews, "views"), parts = batch.needed(parts, "a declared queue")
        let slow = batch.needed(batch.slowPictureViews, "views of a slow tower")
        let scale = tape.constant(-naturalLogarithm(temperature)), n = views.count
        func part(_ view: Tensor, _ other: Tensor, on tape: inout Tape) -> Tensor {
            let query = parts.head.apply(to: view, on: &tape)
            let candidates = tape.withoutRecording { tape in
                tape.joinRows(parts.slow.apply(to: other, on: &tape), parts.queue)  // [batch + queueCount, headWidth]
            }
            let logits = tape.similarities(query, candidates, logScale: scale)
            return tape.crossEntropy(logits, targets: (0..<n).map { Int32($0) }, ignoring: ignored(n))
        }
        let first = part(views.first, slow.second, on: &tape), second = part(views.second, slow.first, on: &tape)
        return tape.weightedSum([(first, 0.5), (second, 0.5)])
    }

    /// Keys of the batch but for the own one: negatives come from the queue alone.
    private func ignored(_ n: Int) -> [Bool] {
        let width = n + queueCount
        return (0..<n * width).map { $0 % width < n && $0 % width != $0 / width }
    }

    /// `ln(queue + 1)`.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? { naturalLogarithm(Float(queueCount + 1)) }

    /// The same at every step.
    public func slowMomentum(progress: Double) -> Float { momentum }

    /// The slow head follows, and the keys of this batch take the place of the oldest ones.
    public func afterStep(_ batch: EmbeddedBatch, progress: Double, on tape: inout Tape) {
        guard let parts, let slow = batch.slowPictureViews else { return }
        let keys = tape.withoutRecording { parts.slow.apply(to: slow.second, on: &$0) }
        let rows = tape.read(keys) { floats in floats.indices.map { floats[$0] } }
        var place = Int(tape.scalar(parts.next))
        tape.write(parts.queue) { queue in
            for row in 0..<rows.count / headWidth {
                for i in 0..<headWidth { queue[place * headWidth + i] = rows[row * headWidth + i] }
                place = (place + 1) % queueCount
            }
        }
        tape.write(parts.next) { $0[0] = Float(place) }
        tape.follow(parts.slow.parameters, parts.head.parameters, share: 1 - momentum)
    }
}
