public import Failures
import Synchronization

/// A place in the sequence of batches.
public struct BatchPosition: Sendable, Codable, Equatable {
    /// The epoch, from 0.
    public var epoch: Int
    /// The batch's place in its epoch, from 0.
    public var index: Int

    /// The place of one batch.
    public init(epoch: Int = 0, index: Int = 0) {
        self.epoch = epoch
        self.index = index
    }
}

/// Makes batches ahead on worker threads and hands them out in order, without end. The batches are the same for any
/// number of workers, and from any place where one begins. The threads end when the loader goes away.
public final class BatchLoader: Sendable {
    private let workers: OrderedWorkers<Result<Batch, Failure>>
    private let threads: Int
    private let reported = Mutex<Set<Skipped>>([])

    /// A loader whose first batch is the one at `position`; at most `ahead` batches are kept ready.
    public init(_ maker: any BatchMaking, from position: BatchPosition = BatchPosition(), workers: Int, ahead: Int = 4)
    {
        let first = position.epoch * maker.batchesPerEpoch + position.index
        let orders = EpochOrders(maker)
        threads = max(workers, 1)
        self.workers = OrderedWorkers(workers: workers, ahead: ahead) { number in
            let (epoch, index) = (first + number).quotientAndRemainder(dividingBy: maker.batchesPerEpoch)
            return Result { () throws(Failure) in
                try maker.batch(epoch: epoch, index: index, order: orders[epoch])
            }
        }
    }

    /// The next batch; waits until it is made. A picture that cannot be read is named in one batch only.
    ///
    /// - Throws: `.badData` if not one picture of the data can be read.
    public func next() throws(Failure) -> Batch {
        guard let result = workers.next() else { preconditionFailure("the sequence of batches has no end") }
        var batch = try result.get()
        batch.skipped = reported.withLock { seen in batch.skipped.filter { seen.insert($0).inserted } }
        return batch
    }

    /// How many seconds callers of `next` have waited so far.
    public var waitedSeconds: Double { workers.waited.callers / .seconds(1) }

    /// How many seconds a thread has waited so far, on the average, because enough batches were ready.
    public var idleSeconds: Double { workers.waited.workers / .seconds(1) / Double(threads) }
}

/// The orders of the epochs at hand: worked out once, not for every batch.
final class EpochOrders: Sendable {
    private let maker: any BatchMaking
    private let orders = Mutex<[Int: [Int]]>([:])

    init(_ maker: any BatchMaking) { self.maker = maker }

    subscript(epoch: Int) -> [Int] {
        orders.withLock { orders in
            if let order = orders[epoch] { return order }
            let order = maker.order(ofEpoch: epoch)
            orders = orders.filter { $0.key >= epoch - 1 }
            orders[epoch] = order
            return order
        }
    }
}
