import KernelInterface

/// The mean of rows `[rows, width]`, each column added up in order, as doubles: `[width]`.
public func columnMeans(_ rows: Span<Float>, width: Int) -> [Double] {
    let count = width == 0 ? 0 : rows.count / width, x = unsafe pointer(rows)
    check("rows", rows.count, is: count * width)
    var sums = [Double](repeating: 0, count: width)
    for row in 0..<count {
        for i in 0..<width { unsafe sums[i] += Double(x[row * width + i]) }
    }
    return sums.map { $0 / Double(max(count, 1)) }
}

/// `1/n · Σ (x − c)·(x − c)ᵀ` over the n rows x of `[rows, width]`: their covariance where c is their mean.
///
/// Products and sums are doubles. Sums run over blocks of 256 rows, and over the blocks in order, so that the same bits
/// come out for any number of threads.
///
/// - Returns: `[width, width]`.
public func covariance(of rows: Span<Float>, width: Int, around centre: [Double]) -> [Double] {
    precondition(centre.count == width, "found a centre of \(centre.count) numbers, expected \(width)")
    let count = width == 0 ? 0 : rows.count / width, x = unsafe pointer(rows)
    check("rows", rows.count, is: count * width)
    let panels = (width + 3) / 4, padded = 4 * panels, block = 256
    var packed = [Double](repeating: 0, count: block * padded), sums = [Double](repeating: 0, count: padded * padded)
    unsafe packed.withUnsafeMutableBufferPointer { packed in
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            guard let packed = packed.baseAddress, let sums = sums.baseAddress else { return }
            for first in stride(from: 0, to: count, by: block) {
                let own = min(block, count - first)
                // Sound, here and below: every task writes a part of its own.
                parallelFor(panels) { panel in
                    for column in 4 * panel..<min(width, 4 * panel + 4) {
                        let target = unsafe packed + 4 * panel * block + column % 4, c = centre[column]
                        for row in 0..<own { unsafe target[4 * row] = Double(x[(first + row) * width + column]) - c }
                    }
                }
                parallelFor(panels) { panel in
                    for other in panel..<panels {
                        unsafe addProduct(
                            own, packed + 4 * panel * block, packed + 4 * other * block,
                            to: sums + 4 * panel * padded + 4 * other, padded)
                    }
                }
            }
        }
    }
    return (0..<width * width).map { place in
        let (i, j) = (place / width, place % width)
        return sums[min(i, j) * padded + max(i, j)] / Double(max(count, 1))
    }
}

/// `C += Aᵀ·B` for panels A and B of four columns, `[rows, 4]`, and a C `[4, 4]` whose rows are `stride` apart.
private func addProduct(
    _ rows: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, to c: UnsafeMutablePointer<Double>,
    _ stride: Int
) {
    var sums = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    for row in 0..<rows {
        let left = unsafe a + 4 * row
        let right = unsafe UnsafeRawPointer(b + 4 * row).loadUnaligned(as: SIMD4<Double>.self)
        unsafe sums.0 += left[0] * right
        unsafe sums.1 += left[1] * right
        unsafe sums.2 += left[2] * right
        unsafe sums.3 += left[3] * right
    }
    for j in 0..<4 {
        unsafe c[j] += sums.0[j]
        unsafe c[stride + j] += sums.1[j]
        unsafe c[2 * stride + j] += sums.2[j]
        unsafe c[3 * stride + j] += sums.3[j]
    }
}
