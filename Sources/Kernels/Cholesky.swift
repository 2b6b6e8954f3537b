/// `A = L·Lᵀ` for a symmetric positive definite matrix A, in doubles (Cholesky; Golub & Van Loan 2013, algorithm 4.2.1).
package struct CholeskyFactor: Sendable {
    /// Rows and columns.
    package let order: Int
    /// L, whose upper half is zero: `[order, order]`.
    package let lower: [Double]

    /// Factors `matrix`, `[order, order]`, of which the lower half is read. A pivot that rounding made too small is raised to
    /// the smallest that makes sense.
    package init(_ matrix: [Double], order n: Int) {
        precondition(matrix.count == n * n, "found \(matrix.count) numbers, expected \(n) × \(n)")
        var lower = [Double](repeating: 0, count: n * n)
        let least = max(1e-300, 1e-14 * (0..<n).reduce(0) { max($0, matrix[$1 * n + $1]) })
        unsafe lower.withUnsafeMutableBufferPointer { lower in
            guard let l = lower.baseAddress else { return }
            for i in 0..<n {
                for j in 0...i {
                    let rest = unsafe matrix[i * n + j] - dot(j, l + i * n, l + j * n)
                    unsafe l[i * n + j] = i == j ? max(rest, least).squareRoot() : rest / l[j * n + j]
                }
            }
        }
        (order, self.lower) = (n, lower)
    }

    /// `L⁻¹`, whose upper half is zero.
    package var inverse: [Double] {
        let n = order
        var inverse = [Double](repeating: 0, count: n * n)
        unsafe inverse.withUnsafeMutableBufferPointer { inverse in
            guard let m = inverse.baseAddress else { return }
            for i in 0..<n {
                let row = unsafe m + i * n
                for k in 0..<i { unsafe addScaled(k + 1, -lower[i * n + k], m + k * n, row) }
                unsafe row[i] = 1
                let pivot = lower[i * n + i]
                for j in 0...i { unsafe row[j] /= pivot }
            }
        }
        return inverse
    }
}

/// `A·B` of square matrices of doubles, row by row on all threads: `[order, order]`.
package func matrixProduct(_ a: [Double], _ b: [Double], order n: Int) -> [Double] {
    precondition(a.count == n * n && b.count == n * n, "found \(a.count) and \(b.count) numbers, expected \(n) × \(n)")
    let rows = parallelMap(n) { i in
        var row = [Double](repeating: 0, count: n)
        unsafe row.withUnsafeMutableBufferPointer { row in
            guard let c = row.baseAddress else { return }
            unsafe b.withUnsafeBufferPointer { b in
                guard let b = b.baseAddress else { return }
                for k in 0..<n { unsafe addScaled(n, a[i * n + k], b + k * n, c) }
            }
        }
        return row
    }
    return rows.flatMap(\.self)
}
