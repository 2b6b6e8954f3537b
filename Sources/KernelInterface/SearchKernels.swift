/// The loops of a search through many vectors, of one instruction level. All levels give the same bits.
package struct SearchKernels: Sendable {
    /// A row of floats as bytes, `x ≈ scale · byte`; the scale, and what the bytes add up to.
    package let quantize: @Sendable (_ count: Int, _ x: In, _ bytes: BytesOut) -> (scale: Float, total: Int32)
    /// Rows of bytes times vectors of bytes.
    package let byteProduct: @Sendable (ByteProduct) -> Void
    /// `Σ a·b` of bytes; `total` is what those of b add up to.
    package let byteDot: @Sendable (_ count: Int, _ a: BytesIn, _ b: BytesIn, _ total: Int32) -> Int32

    /// Spreads `groups` times 64 bytes of packed codes out, a number a byte.
    package let spreadCodes: @Sendable (_ groups: Int, _ packed: BytesIn, _ spread: BytesOut) -> Void
    /// Sums of spread codes for up to six rows.
    package let scanSpreadCodes: @Sendable (CodeScan) -> Void
    /// Sums of packed codes for one row.
    package let scanPackedCodes: @Sendable (CodeScan) -> Void
    /// `Σ row · code` of one code of `count` bytes.
    package let codeDot: @Sendable (_ count: Int, _ code: BytesIn, _ row: BytesIn) -> Int32

    /// The places of floats that are at least `least`, in order; how many.
    package let places: @Sendable (_ count: Int, _ x: In, _ least: Float, _ out: UnsafeMutablePointer<Int32>) -> Int
    /// The largest of some floats, and the first place that has it.
    package let greatest: @Sendable (_ count: Int, _ x: In) -> (place: Int, value: Float)

    /// Floats as half-precision ones, and back.
    package let halve: @Sendable (_ count: Int, _ x: In, _ out: UnsafeMutableRawPointer) -> Void
    package let widen: @Sendable (_ count: Int, _ halves: UnsafeRawPointer, _ out: Out) -> Void
    /// `Σ x·q` of half-precision floats x and floats q: of one query, and of four whose rows follow each other.
    package let halfDot: @Sendable (_ count: Int, _ halves: UnsafeRawPointer, _ q: In) -> Float
    package let halfDots: @Sendable (_ count: Int, _ halves: UnsafeRawPointer, _ q: In, _ out: Out) -> Void

    /// Keeps the best candidates of each query among the lists that it visits, by their high codes.
    package let scanLists: @Sendable (ListScan) -> Void
    /// The same for codes of other kinds: rows in half precision, a byte a number, a look-up in tables a number, and look-ups
    /// with a bound of the error for each row, by which candidates are then kept.
    package let scanHalves, scanBytes, scanTables, scanBounds: @Sendable (ListScan) -> Void
    /// Tables `[count, 16]` as bytes: `Σ table ≈ offset + scale · Σ byte`; the sum of one byte of each fits 16 bits.
    package let quantizeTables:
        @Sendable (_ count: Int, _ tables: In, _ bytes: UnsafeMutablePointer<UInt8>) -> (scale: Float, offset: Float)
    /// Keeps the best `kept` of these by their whole codes.
    package let refineCandidates: @Sendable (ListScan, _ kept: Int) -> Void
    /// Replaces the scores of candidates by products with the stored rows, in half precision.
    package let scoreCandidates:
        @Sendable (ListScan, _ embedDim: Int, _ halves: UnsafeRawPointer, _ queries: In) -> Void
    /// The same where scores so far are bounds: a query's candidates that cannot be among its `wanted` best are dropped
    /// without a product.
    package let scoreBounded:
        @Sendable (ListScan, _ embedDim: Int, _ halves: UnsafeRawPointer, _ queries: In, _ wanted: Int) -> Void
    /// Moves the `kept` largest of `count` keys to the front, in any order.
    package let selectLargest: @Sendable (UnsafeMutablePointer<CandidateKey>, _ count: Int, _ kept: Int) -> Void
    /// The largest score of any row of one list for every query.
    package let listMaxima: @Sendable (ListScan, _ list: Int, _ spread: BytesOut, _ out: Out, _ outRow: Int) -> Void

    /// A table of one level's loops.
    package init(
        quantize: @escaping @Sendable (Int, In, BytesOut) -> (scale: Float, total: Int32),
        byteProduct: @escaping @Sendable (ByteProduct) -> Void,
        byteDot: @escaping @Sendable (Int, BytesIn, BytesIn, Int32) -> Int32,
        spreadCodes: @escaping @Sendable (Int, BytesIn, BytesOut) -> Void,
        scanSpreadCodes: @escaping @Sendable (CodeScan) -> Void,
        scanPackedCodes: @escaping @Sendable (CodeScan) -> Void,
        codeDot: @escaping @Sendable (Int, BytesIn, BytesIn) -> Int32,
        places: @escaping @Sendable (Int, In, Float, UnsafeMutablePointer<Int32>) -> Int,
        greatest: @escaping @Sendable (Int, In) -> (place: Int, value: Float),
        halve: @escaping @Sendable (Int, In, UnsafeMutableRawPointer) -> Void,
        widen: @escaping @Sendable (Int, UnsafeRawPointer, Out) -> Void,
        halfDot: @escaping @Sendable (Int, UnsafeRawPointer, In) -> Float,
        halfDots: @escaping @Sendable (Int, UnsafeRawPointer, In, Out) -> Void,
        scanLists: @escaping @Sendable (ListScan) -> Void,
        scanHalves: @escaping @Sendable (ListScan) -> Void,
        scanBytes: @escaping @Sendable (ListScan) -> Void,
        scanTables: @escaping @Sendable (ListScan) -> Void,
        scanBounds: @escaping @Sendable (ListScan) -> Void,
        quantizeTables: @escaping @Sendable (Int, In, UnsafeMutablePointer<UInt8>) -> (scale: Float, offset: Float),
        refineCandidates: @escaping @Sendable (ListScan, Int) -> Void,
        scoreCandidates: @escaping @Sendable (ListScan, Int, UnsafeRawPointer, In) -> Void,
        scoreBounded: @escaping @Sendable (ListScan, Int, UnsafeRawPointer, In, Int) -> Void,
        selectLargest: @escaping @Sendable (UnsafeMutablePointer<CandidateKey>, Int, Int) -> Void,
        listMaxima: @escaping @Sendable (ListScan, Int, BytesOut, Out, Int) -> Void
    ) {
        (self.quantize, self.byteProduct, self.byteDot) = (quantize, byteProduct, byteDot)
        (self.spreadCodes, self.scanSpreadCodes, self.scanPackedCodes) = (spreadCodes, scanSpreadCodes, scanPackedCodes)
        (self.codeDot, self.places, self.greatest) = (codeDot, places, greatest)
        (self.halve, self.widen, self.halfDot, self.halfDots) = (halve, widen, halfDot, halfDots)
        (self.scanLists, self.refineCandidates) = (scanLists, refineCandidates)
        (self.scanHalves, self.scanBytes, self.scanTables) = (scanHalves, scanBytes, scanTables)
        (self.scanBounds, self.quantizeTables, self.scoreBounded) = (scanBounds, quantizeTables, scoreBounded)
        (self.scoreCandidates, self.selectLargest, self.listMaxima) = (scoreCandidates, selectLargest, listMaxima)
    }
}
