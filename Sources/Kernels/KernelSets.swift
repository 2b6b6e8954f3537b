package import KernelInterface
package import Processor
import Synchronization

#if arch(arm64)
    import KernelsNEON
#else
    import KernelsAVX2
    import KernelsAVX512
#endif

#if arch(arm64)
    private let compiled: [KernelSet] = [KernelsNEON.kernelSet]
#else
    private let compiled: [KernelSet] = [KernelsAVX512.kernelSet, KernelsAVX2.kernelSet]
#endif

extension InstructionLevel {
    /// The loops over floats of each available level, in the same order.
    package static var kernelSets: [KernelSet] { sets }

    /// Counts from now on what the level in use does in products, which makes it a little slower.
    package static func countProducts() -> ProductCount {
        defer { isCounting.store(true, ordering: .relaxed) }
        return counted.count
    }
}

private let sets: [KernelSet] = InstructionLevel.available.compactMap { name in compiled.first { $0.name == name } }

private let isCounting = Atomic<Bool>(false)
private let counted: (count: ProductCount, set: KernelSet) = {
    let count = ProductCount()
    return (count, count.counting(sets[InstructionLevel.index]))
}()

/// The loops in use.
package var kernels: KernelSet {
    isCounting.load(ordering: .relaxed) ? counted.set : sets[InstructionLevel.index]
}
