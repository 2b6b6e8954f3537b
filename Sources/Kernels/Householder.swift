/// Householder reflections `H_k = I − β_k·v_k·v_kᵀ`, where `v_k` is zero before its place `k + offset`: each makes all
/// places of a row behind the first of these zero. Golub & Van Loan 2013, "Matrix Computations", section 5.1.2.
struct Reflections {
    let order, offset: Int
    /// `[order, order]`: row `k` holds `v_k`, from its place `k + offset` on.
    let vectors: [Double]
    /// `β_k`; zero where nothing had to be made zero.
    let scales: [Double]

    /// Turns `x` into the `v` of the reflection that makes `x` zero behind its first place.
    ///
    /// - Returns: β, and what the first place becomes: ∓‖x‖.
    static func reflect(_ count: Int, _ x: UnsafeMutablePointer<Double>) -> (scale: Double, first: Double) {
        let first = unsafe x[0], rest = unsafe dot(count - 1, x + 1, x + 1)
        guard rest > 0 else { return (0, first) }
        let length = (first * first + rest).squareRoot(), reflected = first > 0 ? -length : length
        unsafe x[0] = first - reflected
        return (-1 / (reflected * (first - reflected)), reflected)
    }

    /// The rows `e_i·H_last·…·H_0`, `[order, order]`: orthonormal, and the transpose of `H_0·…·H_last`.
    func orthonormalRows() -> [Double] {
        let n = order, rowsPerTask = 16
        var rows = [Double](repeating: 0, count: n * n)
        for i in 0..<n { rows[i * n + i] = 1 }
        unsafe rows.withUnsafeMutableBufferPointer { rows in
            unsafe vectors.withUnsafeBufferPointer { vectors in
                guard let base = rows.baseAddress, let vector = vectors.baseAddress else { return }
                // Sound: every task writes rows of its own, and all have ended before the pointers do.
                parallelFor((n + rowsPerTask - 1) / rowsPerTask) { task in
                    let own = task * rowsPerTask..<min(n, (task + 1) * rowsPerTask)
                    for k in (0..<min(scales.count, max(0, own.upperBound - offset))).reversed() where scales[k] != 0 {
                        let start = k + offset, v = unsafe vector + k * n + start
                        for i in max(own.lowerBound, start)..<max(own.upperBound, start) {
                            let row = unsafe base + i * n + start
                            unsafe addScaled(n - start, -scales[k] * dot(n - start, row, v), v, row)
                        }
                    }
                }
            }
        }
        return rows
    }
}

/// The rows that Gram and Schmidt would make of those of a square `matrix`, `[order, order]`, by reflections: the `Q`
/// of `matrix = L·Q`, `L` lower triangular with no negative diagonal.
///
/// Of a matrix of normal numbers it makes a rotation or reflection drawn evenly from all — Mezzadri 2007, "How to
/// generate random matrices from the classical compact groups", section 5.
public func orthonormalRows(of matrix: [Double], order n: Int) -> [Double] {
    precondition(matrix.count == n * n, "found \(matrix.count) numbers, expected \(n) × \(n)")
    var left = matrix, scales = [Double](repeating: 0, count: n), diagonal = scales
    unsafe left.withUnsafeMutableBufferPointer { left in
        guard let base = left.baseAddress else { return }
        for k in 0..<n {
            let v = unsafe base + k * n + k
            let (scale, first) = unsafe Reflections.reflect(n - k, v)
            (scales[k], diagonal[k]) = (scale, first)
            guard scale != 0 else { continue }
            // Sound: every task writes rows of its own.
            let rest = n - k - 1, rowsPerTask = 32
            parallelFor((rest + rowsPerTask - 1) / rowsPerTask) { task in
                for i in k + 1 + task * rowsPerTask..<min(n, k + 1 + (task + 1) * rowsPerTask) {
                    let row = unsafe base + i * n + k
                    unsafe addScaled(n - k, -scale * dot(n - k, row, v), v, row)
                }
            }
        }
    }
    var rows = Reflections(order: n, offset: 0, vectors: left, scales: scales).orthonormalRows()
    for i in 0..<n where diagonal[i] < 0 {
        for j in i * n..<(i + 1) * n { rows[j] = -rows[j] }
    }
    return rows
}
