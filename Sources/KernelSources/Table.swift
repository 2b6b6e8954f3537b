import CIntrinsics
package import KernelInterface

@inline(__always) func logarithm(_ x: Float) -> Float { clip_logarithm(x) }

#if KERNELSAVX512
    private let levelName = "avx512"
#elseif KERNELSAVX2
    private let levelName = "avx2"
#else
    private let levelName = "neon"
#endif

/// The loops of this folder, compiled for the level that the target's name says.
package let kernelSet = KernelSet(
    name: levelName, panelWidth: panelColumns, tileRows: rowsPerTile, product: product, packPanels: packPanels,
    packColumns: packColumns, finishLinear: finishLinear, activationGradient: activationGradient, multiply: multiply,
    addScaled: addScaled, dot: dot,
    exponentials: exponentials, layerNorm: layerNorm, layerNormGradient: layerNormGradient, attention: attention,
    attentionGradient: attentionGradient, attentionScratch: attentionScratch, adamW: adamW,
    search: SearchKernels(
        quantize: quantize, byteProduct: byteProduct, byteDot: byteDot, spreadCodes: spreadCodes,
        scanSpreadCodes: scanSpreadCodes, scanPackedCodes: scanPackedCodes, codeDot: codeDot, places: places,
        greatest: greatest, halve: halve, widen: widen, halfDot: halfDot, halfDots: halfDots,
        scanLists: scanLists, scanHalves: scanHalves, scanBytes: scanBytes, scanTables: scanTables,
        scanBounds: scanBounds, quantizeTables: quantizeTables, refineCandidates: refineCandidates,
        scoreCandidates: scoreCandidates, scoreBounded: scoreBounded, selectLargest: selectLargest,
        listMaxima: listMaxima))
