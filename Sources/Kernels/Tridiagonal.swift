/// A symmetric matrix as `Q·T·Qᵀ`, T tridiagonal and Q a product of reflections.
///
/// Golub & Van Loan 2013, "Matrix Computations", algorithm 8.3.1. Each number is computed by one thread, in an order of
/// additions that the matrix's order alone decides.
struct Tridiagonal {
    /// T's diagonal, `[order]`.
    var diagonal: [Double]
    /// `T[i, i + 1]`, `[order]`; the last is zero.
    var offDiagonal: [Double]
    /// `Q = H_0·H_1·…`.
    let reflections: Reflections

    init(_ matrix: [Double], order n: Int) {
        var a = matrix, product = [Double](repeating: 0, count: n), off = product, scales = product
        unsafe a.withUnsafeMutableBufferPointer { a in
            unsafe product.withUnsafeMutableBufferPointer { product in
                guard let base = a.baseAddress, let w = product.baseAddress else { return }
                for k in 0..<max(0, n - 1) {
                    let v = unsafe base + k * n + k + 1
                    (scales[k], off[k]) = unsafe Reflections.reflect(n - k - 1, v)
                    guard scales[k] != 0 else { continue }
                    unsafe Self.reflectBothSides(n - k - 1, base + (k + 1) * (n + 1), n, v, scales[k], w)
                }
            }
        }
        diagonal = (0..<n).map { a[$0 * n + $0] }
        offDiagonal = off
        reflections = Reflections(order: n, offset: 1, vectors: a, scales: scales)
    }

    /// `A −= v·wᵀ + w·vᵀ`, where `w = p − ½·β·(pᵀv)·v` and `p = β·A·v`: A becomes `H·A·H`.
    ///
    /// A is `[count, count]` with rows of `stride`, `w` scratch.
    private static func reflectBothSides(
        _ count: Int, _ a: UnsafeMutablePointer<Double>, _ stride: Int, _ v: UnsafePointer<Double>, _ scale: Double,
        _ w: UnsafeMutablePointer<Double>
    ) {
        let rowsPerTask = 32, tasks = (count + rowsPerTask - 1) / rowsPerTask
        // Sound, here and below: every task writes places of its own.
        parallelFor(tasks) { task in
            for i in task * rowsPerTask..<min(count, (task + 1) * rowsPerTask) {
                unsafe w[i] = scale * dot(count, a + i * stride, v)
            }
        }
        unsafe addScaled(count, -0.5 * scale * dot(count, w, v), v, w)
        parallelFor(tasks) { task in
            for i in task * rowsPerTask..<min(count, (task + 1) * rowsPerTask) {
                unsafe addScaled(count, -v[i], w, -w[i], v, a + i * stride)
            }
        }
    }
}
