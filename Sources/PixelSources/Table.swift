package import PixelInterface

#if PIXELSAVX512
    private let levelName = "avx512"
#elseif PIXELSAVX2
    private let levelName = "avx2"
#else
    private let levelName = "neon"
#endif

/// The loops of this folder, compiled for the level that the target's name says.
package let pixelSet = PixelSet(
    name: levelName, rowScratch: rowScratch, resampleRows: resampleRows, resampleColumns: resampleColumns, blur: blur,
    blend: blend, saturate: saturate, turnHue: turnHue, takeColour: takeColour, luma: luma, lumaSum: lumaSum,
    normalize: normalize, unfilter: unfilter, layOnWhite: layOnWhite, lookUp: lookUp)
