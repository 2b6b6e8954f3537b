/// Bytes that a loop reads.
package typealias Bytes = UnsafePointer<UInt8>
/// Bytes that a loop writes.
package typealias MutableBytes = UnsafeMutablePointer<UInt8>

/// The loops over pixels of one instruction level, as function values: chosen once, at start-up.
///
/// All levels give the same bytes. Every pointer is valid for what the numbers beside it say; the room `Images` checks that
/// before it calls.
package struct PixelSet: Sendable {
    /// The level's name, as `InstructionLevel` has it.
    package let name: String

    /// Bytes of scratch that `resampleRows` needs for a table that reads `inputs` pixels of a row.
    package let rowScratch: @Sendable (_ table: PixelWeights, _ inputs: Int) -> Int
    /// Each row of a part becomes a row of `table.outputs` pixels.
    package let resampleRows: @Sendable (RowResampling) -> Void
    /// Rows of `length` bytes, `stride` bytes apart, become `table.outputs` rows of `length` bytes.
    package let resampleColumns:
        @Sendable (_ table: PixelWeights, _ pixels: Bytes, _ stride: Int, _ length: Int, _ target: MutableBytes) -> Void
    /// Blurs a picture along both sides.
    package let blur: @Sendable (Blurring) -> Void

    /// Bytes' distances from `from` times `factor`, in place.
    package let blend: @Sendable (_ bytes: MutableBytes, _ count: Int, _ from: Int32, _ factor: Float) -> Void
    /// Colours' distances from their brightness times `factor`, in place: `[count, 3]`.
    package let saturate: @Sendable (_ pixels: MutableBytes, _ count: Int, _ factor: Float) -> Void
    /// Hues turned by `step` of 256, in place: `[count, 3]`.
    package let turnHue: @Sendable (_ pixels: MutableBytes, _ count: Int, _ step: Int32) -> Void
    /// Each colour's brightness in its three channels, in place: `[count, 3]`.
    package let takeColour: @Sendable (_ pixels: MutableBytes, _ count: Int) -> Void
    /// The brightness of each pixel, as ITU-R BT.601 weighs colours: `[count]`.
    package let luma: @Sendable (_ pixels: Bytes, _ count: Int, _ luma: MutableBytes) -> Void
    /// The sum of the brightness of all pixels.
    package let lumaSum: @Sendable (_ pixels: Bytes, _ count: Int) -> Int
    /// A square part of a picture as numbers.
    package let normalize: @Sendable (Normalization) -> Void

    /// Takes back what a PNG's filter did to a row.
    package let unfilter: @Sendable (FilteredRow) -> Void
    /// Colours with alpha on white: `[count, 4]` of RGBA, or `[count, 2]` of grey and alpha, become `[count, 3]`. Up to 16
    /// bytes behind `pixels` are read.
    package let layOnWhite: @Sendable (_ pixels: Bytes, _ channels: Int, _ count: Int, _ target: MutableBytes) -> Void
    /// The colour of each number: `[count]` becomes `[count, 3]`. A table has 256 colours, red in the lowest byte.
    package let lookUp:
        @Sendable (_ numbers: Bytes, _ count: Int, _ table: UnsafePointer<UInt32>, _ target: MutableBytes) -> Void

    /// A table of one level's loops.
    package init(
        name: String, rowScratch: @escaping @Sendable (PixelWeights, Int) -> Int,
        resampleRows: @escaping @Sendable (RowResampling) -> Void,
        resampleColumns: @escaping @Sendable (PixelWeights, Bytes, Int, Int, MutableBytes) -> Void,
        blur: @escaping @Sendable (Blurring) -> Void,
        blend: @escaping @Sendable (MutableBytes, Int, Int32, Float) -> Void,
        saturate: @escaping @Sendable (MutableBytes, Int, Float) -> Void,
        turnHue: @escaping @Sendable (MutableBytes, Int, Int32) -> Void,
        takeColour: @escaping @Sendable (MutableBytes, Int) -> Void,
        luma: @escaping @Sendable (Bytes, Int, MutableBytes) -> Void,
        lumaSum: @escaping @Sendable (Bytes, Int) -> Int, normalize: @escaping @Sendable (Normalization) -> Void,
        unfilter: @escaping @Sendable (FilteredRow) -> Void,
        layOnWhite: @escaping @Sendable (Bytes, Int, Int, MutableBytes) -> Void,
        lookUp: @escaping @Sendable (Bytes, Int, UnsafePointer<UInt32>, MutableBytes) -> Void
    ) {
        self.name = name
        self.rowScratch = rowScratch
        self.resampleRows = resampleRows
        self.resampleColumns = resampleColumns
        self.blur = blur
        self.blend = blend
        self.saturate = saturate
        self.turnHue = turnHue
        self.takeColour = takeColour
        self.luma = luma
        self.lumaSum = lumaSum
        self.normalize = normalize
        self.unfilter = unfilter
        self.layOnWhite = layOnWhite
        self.lookUp = lookUp
    }
}
