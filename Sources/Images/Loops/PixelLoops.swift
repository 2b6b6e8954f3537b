import PixelInterface
import Processor

#if arch(arm64)
    import PixelsNEON
#else
    import PixelsAVX2
    import PixelsAVX512
#endif

#if arch(arm64)
    private let compiled: [PixelSet] = [PixelsNEON.pixelSet]
#else
    private let compiled: [PixelSet] = [PixelsAVX512.pixelSet, PixelsAVX2.pixelSet]
#endif

/// The loops over pixels of each level that the processor has, in the order of `InstructionLevel.available`.
private let sets: [PixelSet] = InstructionLevel.available.compactMap { name in compiled.first { $0.name == name } }

/// The loops in use; all levels give the same bytes.
var loops: PixelSet { sets[InstructionLevel.index] }
