import KernelInterface

/// What the numbers of codes that are looked up add to the products of some queries, a byte for each value of each number.
package struct CodeTables: Sendable {
    /// `[queries, numbers, 16]`.
    package let bytes: [UInt8]
    /// `Σ table ≈ offset + scale · Σ byte`: one of each a query.
    package let scales, offsets: [Float]

    /// Tables of some queries, `[queries, numbers]` of sixteen floats each.
    package init(_ tables: [SIMD16<Float>], numbers: Int) {
        let queries = numbers == 0 ? 0 : tables.count / numbers, set = kernels.search
        precondition(tables.count == queries * numbers, "\(tables.count) tables for codes of \(numbers) numbers")
        var bytes = [UInt8](repeating: 0, count: 16 * tables.count), scales: [Float] = [], offsets: [Float] = []
        unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe tables.withUnsafeBytes { tables in
                guard let out = bytes.baseAddress, let base = tables.baseAddress else { return }
                // Sound: sixteen floats lie in a vector as in an array, and the sizes were compared.
                let floats = unsafe base.assumingMemoryBound(to: Float.self)
                for query in 0..<queries {
                    let start = 16 * query * numbers
                    let made = unsafe set.quantizeTables(numbers, floats + start, out + start)
                    scales.append(made.scale)
                    offsets.append(made.offset)
                }
            }
        }
        (self.bytes, self.scales, self.offsets) = (bytes, scales, offsets)
    }
}
