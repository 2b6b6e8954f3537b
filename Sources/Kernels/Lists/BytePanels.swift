import KernelInterface

/// Quantized rows laid out so that many other rows can be multiplied with them: `[panels, width / 4, 16, 4]` bytes.
package struct BytePanels: Sendable, Equatable {
    /// How many rows there are; the last panel is filled up with zeros.
    package let count: Int
    /// Bytes of a row.
    package let width: Int
    /// The panels one behind the other.
    package let bytes: [Int8]
    /// `[panels, 16]`.
    package let scales: [Float]

    /// Panels of sixteen rows.
    package static func panels(_ count: Int) -> Int { (count + 15) / 16 }

    /// Lays rows out.
    package init(_ rows: QuantizedRows) {
        let panels = Self.panels(rows.count), width = rows.width
        (count, self.width) = (rows.count, width)
        var bytes = [Int8](repeating: 0, count: panels * 16 * width)
        for row in 0..<rows.count {
            let start = row / 16 * 16 * width + row % 16 * 4
            for i in 0..<width { bytes[start + i / 4 * 64 + i % 4] = rows.bytes[row * width + i] }
        }
        self.bytes = bytes
        scales = rows.scales + [Float](repeating: 0, count: panels * 16 - rows.count)
    }

    /// What was laid out before.
    package init(count: Int, width: Int, bytes: [Int8], scales: [Float]) {
        let panels = Self.panels(count)
        precondition(bytes.count == panels * 16 * width && scales.count == panels * 16, "\(bytes.count) bytes")
        (self.count, self.width, self.bytes, self.scales) = (count, width, bytes, scales)
    }

    /// Rows that are multiplied together: what is made of them stays in L2.
    private static let rowsAtOnce = 48

    /// Multiplies some rows with all of this, or with a part of it, some at a time, by the thread that calls: lends each row's
    /// number and its products, which lack the row's own scale.
    package func forEachProducts(
        of rows: QuantizedRows, _ some: Range<Int>, with part: Range<Int>? = nil, _ body: (Int, Span<Float>) -> Void
    ) {
        let part = part ?? 0..<count
        precondition(rows.width == width, "rows of \(rows.width) bytes, panels of \(width)")
        precondition(some.lowerBound >= 0 && some.upperBound <= rows.count, "\(some) of \(rows.count) rows")
        precondition(part.lowerBound >= 0 && part.upperBound <= count, "\(part) of \(count) rows in panels")
        let panels = part.lowerBound / 16..<Self.panels(part.upperBound), set = kernels.search
        let outRow = 16 * panels.count, skipped = part.lowerBound % 16
        var products = [Float](repeating: 0, count: min(Self.rowsAtOnce, some.count) * outRow)
        for first in stride(from: some.lowerBound, to: some.upperBound, by: Self.rowsAtOnce) {
            let own = min(Self.rowsAtOnce, some.upperBound - first)
            unsafe products.withUnsafeMutableBufferPointer { products in
                guard let out = products.baseAddress else { return }
                // Sound: the arrays live as long as this call, and the sizes were compared above.
                unsafe set.byteProduct(
                    ByteProduct(
                        rows: own, panels: panels.count, width: width, bytes: start(rows.bytes.span) + first * width,
                        totals: start(rows.totals.span) + first,
                        vectors: start(bytes.span) + 16 * panels.lowerBound * width,
                        scales: start(scales.span) + 16 * panels.lowerBound, out: out, outRow: outRow))
            }
            for row in 0..<own {
                let start = row * outRow + skipped
                body(first + row, products.span.extracting(start..<start + part.count))
            }
        }
    }

    /// The same for rows that lie apart: lends their numbers.
    package func forEachProducts(
        of rows: QuantizedRows, _ some: [Int], with part: Range<Int>, _ body: (Int, Span<Float>) -> Void
    ) {
        if some.count == 1 { return forEachProducts(of: rows, some[0]..<some[0] + 1, with: part, body) }
        let own = QuantizedRows(some, of: rows)
        forEachProducts(of: own, 0..<own.count, with: part) { place, products in body(some[place], products) }
    }

    /// The products of rows with all of this, `[rows, count]`, by the thread that calls.
    package func products(with rows: QuantizedRows) -> [Float] {
        var products: [Float] = []
        products.reserveCapacity(rows.count * count)
        forEachProducts(of: rows, 0..<rows.count) { row, found in
            let scale = rows.scales[row]
            for i in found.indices { products.append(scale * found[i]) }
        }
        return products
    }

    /// For every row, the number of the row in here with the largest product with it, the first of several; and that
    /// product, which lacks the row's own scale. On all threads.
    package func nearest(to rows: QuantizedRows) -> (numbers: [Int32], products: [Float]) {
        precondition(count > 0, "no rows to choose from")
        let block = 4 * Self.rowsAtOnce
        let found = parallelMap((rows.count + block - 1) / block) { task in
            var numbers: [Int32] = [], products: [Float] = []
            let some = task * block..<min((task + 1) * block, rows.count)
            forEachProducts(of: rows, some) { _, row in
                let best = unsafe kernels.search.greatest(row.count, pointer(row))
                numbers.append(Int32(best.place))
                products.append(best.value)
            }
            return (numbers, products)
        }
        return (found.flatMap { $0.0 }, found.flatMap { $0.1 })
    }
}
