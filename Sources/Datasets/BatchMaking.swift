public import Failures

/// Makes any batch of any epoch: a pure function of the numbers, the data and the seed.
public protocol BatchMaking: Sendable {
    /// Items of a batch: what was asked for, or all there are if that is less.
    var batchSize: Int { get }
    /// Full batches in an epoch; the remainder, another one each epoch, is left out.
    var batchesPerEpoch: Int { get }
    /// The items of an epoch in the order in which batches take them.
    func order(ofEpoch epoch: Int) -> [Int]
    /// One batch; `order` is that of its epoch.
    func batch(epoch: Int, index: Int, order: [Int]) throws(Failure) -> Batch
}

extension BatchMaking {
    /// One batch.
    ///
    /// - Throws: `.badData` if nothing of the data can be read.
    public func batch(epoch: Int, index: Int) throws(Failure) -> Batch {
        try batch(epoch: epoch, index: index, order: order(ofEpoch: epoch))
    }
}
