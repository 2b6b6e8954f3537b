import CIntrinsics
package import KernelInterface
import Synchronization

#if arch(arm64)
    import KernelsNEON
#else
    import KernelsAVX2
    import KernelsAVX512
#endif

/// The instruction levels that kernels are compiled for, and the one in use.
public enum InstructionLevel {
    /// The names of the levels that this processor has, best first; empty where it has none, and nothing can run.
    public static var available: [String] { kernelSets.map(\.name) }

    /// The name of the level in use.
    public static var current: String { kernels.name }

    /// Uses the level called `name` from now on.
    ///
    /// - Returns: Whether this processor has it.
    public static func use(_ name: String) -> Bool {
        guard let index = kernelSets.firstIndex(where: { $0.name == name }) else { return false }
        chosen.store(index, ordering: .relaxed)
        return true
    }

    private static let chosen = Atomic<Int>(0)

    private static let isCounting = Atomic<Bool>(false)
    private static let counted: (count: ProductCount, set: KernelSet) = {
        let count = ProductCount()
        return (count, count.counting(kernelSets[chosen.load(ordering: .relaxed)]))
    }()

    /// Counts from now on what the level in use does in products, which makes it a little slower.
    package static func countProducts() -> ProductCount {
        defer { isCounting.store(true, ordering: .relaxed) }
        return counted.count
    }

    package static var kernels: KernelSet {
        precondition(!kernelSets.isEmpty, "this processor lacks AVX2 and FMA; the commands say so before they begin")
        return isCounting.load(ordering: .relaxed) ? counted.set : kernelSets[chosen.load(ordering: .relaxed)]
    }

    #if arch(arm64)
        package static let kernelSets: [KernelSet] = [KernelsNEON.kernelSet]
    #else
        package static let kernelSets: [KernelSet] =
            (clip_cpu_has_avx512() != 0 ? [KernelsAVX512.kernelSet] : [])
            + (clip_cpu_has_avx2() != 0 ? [KernelsAVX2.kernelSet] : [])
    #endif
}

/// The loops in use.
package var kernels: KernelSet { InstructionLevel.kernels }
