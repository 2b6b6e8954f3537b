import KernelInterface
import Synchronization

/// How much of a computation is matrix products, and how fast they are: for benchmarks.
package final class ProductCount: Sendable {
    private let multiplications = Atomic<Int>(0), nanoseconds = Atomic<Int>(0)

    /// Floating-point operations so far.
    package var operations: Double { 2 * Double(multiplications.load(ordering: .relaxed)) }
    /// Seconds that threads spent inside products so far, what they pack for them included.
    package var seconds: Double { Double(nanoseconds.load(ordering: .relaxed)) / 1e9 }

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
        return counted
    }

    private func time(_ body: () -> Void) {
        let began = ContinuousClock.now
        body()
        let (seconds, attoseconds) = (ContinuousClock.now - began).components
        nanoseconds.add(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000), ordering: .relaxed)
    }
}
