import KernelInterface
import Synchronization

/// How much of a computation is matrix products, and how fast they are: for benchmarks.
package final class ProductCount: Sendable {
    private let multiplications = Atomic<Int>(0), nanoseconds = Atomic<Int>(0)
    private let attentionMultiplications = Atomic<Int>(0)

    /// Floating-point operations of products so far, those inside attention aside.
    package var operations: Double { 2 * Double(multiplications.load(ordering: .relaxed)) }
    /// Those of products inside attention.
    package var attentionOperations: Double { 2 * Double(attentionMultiplications.load(ordering: .relaxed)) }
    /// Seconds that threads spent inside products so far, what they pack for them included, and those inside attention
    /// as if they were as fast as the others.
    package var seconds: Double {
        Double(nanoseconds.load(ordering: .relaxed)) / 1e9 * (1 + attentionOperations / max(operations, 1))
    }

    /// Nothing counted yet.
    package init() {}

    /// The loops of `set`, whose products count here. What a product packs by itself belongs to it.
    func counting(_ set: KernelSet) -> KernelSet {
        var counted = set
        counted.product = { block in
            self.time { set.product(block) }
            self.multiplications.add(block.m * block.n * block.k, ordering: .relaxed)
        }
        unsafe counted.packPanels = { k, n, b, row, column, out in
            self.time { unsafe set.packPanels(k, n, b, row, column, out) }
        }
        unsafe counted.packColumns = { rows, columns, x, row, sums, out in
            self.time { unsafe set.packColumns(rows, columns, x, row, sums, out) }
        }
        counted.attention = { head in
            set.attention(head)
            self.attentionMultiplications.add(2 * head.multiplications, ordering: .relaxed)
        }
        counted.attentionGradient = { head in
            set.attentionGradient(head)
            self.attentionMultiplications.add(5 * head.multiplications, ordering: .relaxed)
        }
        return counted
    }

    private func time(_ body: () -> Void) {
        let began = ContinuousClock.now
        body()
        let (seconds, attoseconds) = (ContinuousClock.now - began).components
        nanoseconds.add(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000), ordering: .relaxed)
    }
}

extension AttentionHead {
    /// Those of one product of scores.
    fileprivate var multiplications: Int { (isCausal ? tokens * (tokens + 1) / 2 : tokens * tokens) * headWidth }
}
