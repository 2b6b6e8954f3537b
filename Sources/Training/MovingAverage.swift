import Autodiff
import Tensors

/// An exponential moving average of the weights, which is often better than the weights themselves.
///
/// `a += (1 − d)·(w − a)` with `d = min(decay, (1 + step)/(10 + step))`, so that the first weights are soon forgotten.
struct MovingAverage: ~Copyable {
    private let decay: Float?
    /// The averaged weights, arranged as the weights are; empty where no average is kept.
    var floats: FloatBuffer

    /// An average that begins at the weights on `tape`; none where `decay` is nil.
    init(of tape: borrowing Tape, decay: Float?) {
        self.decay = decay
        let count = decay == nil ? 0 : tape.parameterCount
        floats = FloatBuffer(count: count)
        tape.readParameters { weights in
            floats.write(0..<count) { average in
                for i in 0..<count { average[i] = weights[i] }
            }
        }
    }

    /// Takes in the weights after update number `step`, from 1.
    mutating func update(_ tape: borrowing Tape, step: Int) {
        guard let decay else { return }
        let share = 1 - min(decay, Float(1 + step) / Float(10 + step))
        tape.readParameters { weights in
            floats.write(0..<weights.count) { average in
                for i in weights.indices { average[i] += share * (weights[i] - average[i]) }
            }
        }
    }

    /// Exchanges the weights on `tape` with the average, where one is kept; a second call changes them back to the bit.
    mutating func exchange(with tape: inout Tape) {
        guard decay != nil else { return }
        tape.update { weights, _ in
            floats.write(0..<weights.count) { average in
                for i in 0..<weights.count {
                    let weight = weights[i]
                    weights[i] = average[i]
                    average[i] = weight
                }
            }
        }
    }
}
