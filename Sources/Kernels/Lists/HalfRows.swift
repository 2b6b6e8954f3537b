import KernelInterface

/// Floats as half-precision ones (IEEE 754 binary16), each the nearest, halves to even: two bytes each, little-endian.
package func halfPrecision(_ floats: Span<Float>) -> [UInt8] {
    let count = floats.count, x = unsafe pointer(floats), set = kernels.search
    return unsafe [UInt8](unsafeUninitializedCapacity: 2 * count) { bytes, initialized in
        if let out = bytes.baseAddress {
            // Sound: every task writes a part of its own.
            parallelFor((count + 65_535) / 65_536) { task in
                let first = task * 65_536
                unsafe set.halve(min(65_536, count - first), x + first, UnsafeMutableRawPointer(out) + 2 * first)
            }
        }
        initialized = 2 * count
    }
}

/// Half-precision floats as floats.
package func floats(ofHalves bytes: RawSpan) -> [Float] {
    let count = bytes.byteCount / 2, source = unsafe start(bytes), set = kernels.search
    return unsafe [Float](unsafeUninitializedCapacity: count) { floats, initialized in
        if let out = floats.baseAddress { unsafe set.widen(count, source, out) }
        initialized = count
    }
}

/// The inner products of half-precision rows `[rows, width]` with queries `[queries, width]`: `[rows, queries]`, by the thread
/// that calls. A product has the same bits whatever stands beside it, and at every instruction level.
package func halfProducts(_ halves: RawSpan, _ queries: Span<Float>, width: Int) -> [Float] {
    halfProducts(halves, rows: 0..<halves.byteCount / (2 * width), queries, width: width)
}

/// The same for some of the rows, in this order.
package func halfProducts(
    _ halves: RawSpan, rows: some RandomAccessCollection<Int>, _ queries: Span<Float>, width: Int
) -> [Float] {
    let all = halves.byteCount / (2 * width), columns = queries.count / width, set = kernels.search
    precondition(halves.byteCount == 2 * width * all, "\(halves.byteCount) bytes are no rows of \(width)")
    check("queries", queries.count, is: columns * width)
    let bytes = unsafe start(halves), q = unsafe pointer(queries)
    return unsafe [Float](unsafeUninitializedCapacity: rows.count * columns) { products, initialized in
        if let out = products.baseAddress {
            for (place, row) in rows.enumerated() {
                precondition(row >= 0 && row < all, "row \(row) of \(all)")
                let x = unsafe bytes + 2 * row * width, mine = unsafe out + place * columns
                var column = 0
                while column + 4 <= columns {
                    unsafe set.halfDots(width, x, q + column * width, mine + column)
                    column += 4
                }
                while column < columns {
                    unsafe mine[column] = set.halfDot(width, x, q + column * width)
                    column += 1
                }
            }
        }
        initialized = rows.count * columns
    }
}
