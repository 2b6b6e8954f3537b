import KernelInterface

/// Rows of floats as bytes: `x ≈ scale · byte`, the largest of each row ±127. The same at every instruction level.
package struct QuantizedRows: Sendable, Equatable {
    /// Bytes of a row: a multiple of sixteen, filled up with zeros.
    package let width: Int
    /// `[count, width]`.
    package private(set) var bytes: [Int8]
    /// One for each row.
    package private(set) var scales: [Float]
    /// What the bytes of each row add up to.
    package private(set) var totals: [Int32]

    /// How many rows there are.
    package var count: Int { scales.count }

    /// Bytes of a row of `count` floats.
    package static func width(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    /// Rows of `columns` floats each, on all threads.
    package init(_ rows: Span<Float>, columns: Int) {
        let count = columns == 0 ? 0 : rows.count / columns, width = Self.width(columns), set = kernels.search
        check("rows", rows.count, is: count * columns)
        var bytes = [Int8](repeating: 0, count: count * width), scales = [Float](repeating: 0, count: count)
        var totals = [Int32](repeating: 0, count: count)
        let x = unsafe pointer(rows)
        unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe scales.withUnsafeMutableBufferPointer { scales in
                unsafe totals.withUnsafeMutableBufferPointer { totals in
                    guard let bytes = bytes.baseAddress, let scales = scales.baseAddress,
                        let totals = totals.baseAddress
                    else { return }
                    // Sound: every task writes rows of its own.
                    parallelFor((count + 255) / 256) { task in
                        for row in task * 256..<min(count, task * 256 + 256) {
                            let made = unsafe set.quantize(columns, x + row * columns, bytes + row * width)
                            unsafe scales[row] = made.scale
                            unsafe totals[row] = made.total
                        }
                    }
                }
            }
        }
        self.width = width
        (self.bytes, self.scales, self.totals) = (bytes, scales, totals)
    }

    /// Rows that were made before.
    package init(width: Int, bytes: [Int8], scales: [Float]) {
        precondition(width % 16 == 0 && bytes.count == scales.count * width, "\(bytes.count) bytes")
        let source = unsafe start(bytes.span)
        totals = scales.indices.map { row in
            var total: Int32 = 0
            for i in row * width..<(row + 1) * width { unsafe total &+= Int32(source[i]) }
            return total
        }
        (self.width, self.bytes, self.scales) = (width, bytes, scales)
    }

    /// Some of the rows, in this order.
    package init(_ rows: [Int], of all: QuantizedRows) {
        let width = all.width
        var bytes = [Int8](repeating: 0, count: rows.count * width)
        unsafe bytes.withUnsafeMutableBufferPointer { target in
            unsafe all.bytes.withUnsafeBufferPointer { source in
                guard let target = target.baseAddress, let source = source.baseAddress else { return }
                for (place, row) in rows.enumerated() {
                    precondition(row >= 0 && row < all.count, "row \(row) of \(all.count)")
                    unsafe (target + place * width).update(from: source + row * width, count: width)
                }
            }
        }
        self.width = width
        self.bytes = bytes
        scales = rows.map { all.scales[$0] }
        totals = rows.map { all.totals[$0] }
    }

    /// The floats that stand for a row, `[width]`.
    package func row(_ number: Int) -> [Float] {
        let scale = scales[number]
        return bytes[number * width..<(number + 1) * width].map { scale * Float($0) }
    }

    /// Rows one behind the other.
    package init(joining parts: [QuantizedRows], columns: Int) {
        width = Self.width(columns)
        bytes = parts.flatMap(\.bytes)
        scales = parts.flatMap(\.scales)
        totals = parts.flatMap(\.totals)
    }

    /// The same bytes, scaled so that the rows they stand for have length one; a row of zeros stays one.
    package var unit: QuantizedRows {
        var unit = self
        unsafe unit.scales.withUnsafeMutableBufferPointer { scales in
            guard let scales = scales.baseAddress else { return }
            let bytes = unsafe start(bytes.span)
            // Sound: every task writes scales of its own.
            parallelFor((count + 1023) / 1024) { task in
                for row in task * 1024..<min(count, task * 1024 + 1024) {
                    let mine = unsafe bytes + row * width
                    var sum: Int32 = 0
                    for i in 0..<width { unsafe sum &+= Int32(mine[i]) &* Int32(mine[i]) }
                    unsafe scales[row] = sum > 0 ? 1 / Float(sum).squareRoot() : 0
                }
            }
        }
        return unit
    }

    /// What some rows stand for, added up in their order: `[width]`.
    package func sum(of rows: [Int]) -> [Float] {
        var sums = [Float](repeating: 0, count: width)
        let bytes = unsafe start(bytes.span)
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            guard let sums = sums.baseAddress else { return }
            for row in rows {
                precondition(row >= 0 && row < count, "row \(row) of \(count)")
                let scale = scales[row], source = unsafe bytes + row * width
                for i in 0..<width { unsafe sums[i] += scale * Float(source[i]) }
            }
        }
        return sums
    }
}
