import KernelInterface

/// Finds the rows that may be among the nearest by their bytes: sure to hold all that are.
///
/// With `x = s·b + e` and `q = t·c + f`, where b and c are bytes, `|q·x − t·s·(c·b)| ≤ ‖q‖·‖e‖ + ‖f‖·‖s·b‖` (Cauchy–Schwarz): a row
/// whose product of bytes lies further than twice that below the k-th best cannot be among the k nearest.
package struct QuantizedScan: Sendable {
    private let panels: BytePanels
    /// The largest `‖e‖` and `‖s·b‖` of all rows.
    private let error, length: Float

    /// More hits than this are sooner found by looking at the rows themselves.
    package static let mostHits = 64

    /// Lays out rows `[count, columns]`.
    package init(_ rows: Span<Float>, columns: Int) {
        let bytes = QuantizedRows(rows, columns: columns)
        panels = BytePanels(bytes)
        (error, length) = Self.extremes(of: bytes, rows, columns)
    }

    /// The largest `‖x − s·b‖` and `‖s·b‖`, a little too large rather than too small.
    private static func extremes(
        of bytes: QuantizedRows, _ rows: Span<Float>, _ columns: Int
    ) -> (error: Float, length: Float) {
        var error: Float = 0, length: Float = 0
        for row in 0..<bytes.count {
            let scale = bytes.scales[row]
            var own: Float = 0, all: Float = 0
            for i in 0..<columns {
                let stands = scale * Float(bytes.bytes[row * bytes.width + i]), rest = rows[row * columns + i] - stands
                own += rest * rest
                all += stands * stands
            }
            (error, length) = (max(error, own), max(length, all))
        }
        return (error.squareRoot() * 1.0001, length.squareRoot() * 1.0001)
    }

    /// For every query, the rows that may be among its `k` nearest of those that are not `excluded` (a bit for each row,
    /// or nothing), ascending. By the thread that calls.
    package func candidates(of queries: [Float], columns: Int, k: Int, excluded: [UInt64]) -> [[Int]] {
        let coded = QuantizedRows(queries.span, columns: columns), set = kernels.search
        var found: [[Int]] = [], places = [Int32](repeating: 0, count: max(panels.count, 1))
        panels.forEachProducts(of: coded, 0..<coded.count) { query, products in
            let one = QuantizedRows([query], of: coded)
            let row = queries.span.extracting(query * columns..<(query + 1) * columns)
            let own = Self.extremes(of: one, row, columns), norm = own.length + own.error
            let reach = 2 * (norm * error + own.error * length), scale = coded.scales[query]
            let best = Self.best(k, products, excluded)
            // A query of zeros is as near to every row.
            let least = scale > 0 ? best - reach / scale - 1e-5 * abs(best) : -.infinity
            let count = unsafe places.withUnsafeMutableBufferPointer { places in
                unsafe set.places(
                    products.count, pointer(products), least, places.baseAddress.unsafelyUnwrapped)
            }
            found.append(places[..<count].lazy.map { Int($0) }.filter { !Self.holds(excluded, $0) })
        }
        return found
    }

    /// The k-th largest product of a row that is not excluded; −∞ where there are fewer.
    private static func best(_ k: Int, _ products: Span<Float>, _ excluded: [UInt64]) -> Float {
        var top: [Float] = []  // descending
        for row in products.indices {
            let product = products[row]
            guard top.count < k || product > top[k - 1], !holds(excluded, row) else { continue }
            if top.count == k { top.removeLast() }
            let place = top.firstIndex { $0 < product } ?? top.count
            top.insert(product, at: place)
        }
        return top.count < k ? -.infinity : top[k - 1]
    }

    private static func holds(_ words: [UInt64], _ row: Int) -> Bool {
        !words.isEmpty && words[row >> 6] >> UInt64(row & 63) & 1 == 1
    }
}
