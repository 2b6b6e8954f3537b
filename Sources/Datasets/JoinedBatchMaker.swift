public import Failures

/// Batches of pairs whose further views come from other pictures, which have no captions: a batch of each at every step.
///
/// Epochs are those of the pairs; the other pictures go through theirs at their own pace.
public struct JoinedBatchMaker: BatchMaking {
    private let pairs, pictures: BatchMaker
    private let orders: EpochOrders

    /// Batches of `pairs` with the views of `pictures`, which must make views alone.
    public init(pairs: BatchMaker, pictures: BatchMaker) {
        precondition(
            pairs.recipes.views.isEmpty && pictures.recipes.pairs == nil, "pairs and views are made by one each")
        (self.pairs, self.pictures, orders) = (pairs, pictures, EpochOrders(pictures))
    }

    /// Pairs of a batch.
    public var batchSize: Int { pairs.batchSize }

    /// Full batches of pairs in an epoch.
    public var batchesPerEpoch: Int { pairs.batchesPerEpoch }

    /// The pairs of an epoch in the order in which batches take them.
    public func order(ofEpoch epoch: Int) -> [Int] { pairs.order(ofEpoch: epoch) }

    /// One batch.
    ///
    /// - Throws: `.badData` if nothing of one of the two can be read.
    public func batch(epoch: Int, index: Int, order: [Int]) throws(Failure) -> Batch {
        var batch = try pairs.batch(epoch: epoch, index: index, order: order)
        let number = epoch * pairs.batchesPerEpoch + index
        let (own, place) = number.quotientAndRemainder(dividingBy: pictures.batchesPerEpoch)
        let others = try pictures.batch(epoch: own, index: place, order: orders[own])
        (batch.views, batch.viewIDs) = (others.views, others.viewIDs)
        batch.skipped += others.skipped.filter { !batch.skipped.contains($0) }
        return batch
    }
}
