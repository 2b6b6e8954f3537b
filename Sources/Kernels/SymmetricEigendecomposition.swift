/// `A = Vᵀ·diag(values)·V` for a symmetric matrix A: its eigenvalues, largest first, and orthonormal eigenvectors.
///
/// Reflections make A tridiagonal, implicit QL steps make that diagonal. All is computed as doubles, and the same bits
/// come out for any number of threads.
public struct SymmetricEigendecomposition: Sendable {
    /// Rows and columns of A.
    public let order: Int
    /// The eigenvalues in descending order, `[order]`.
    public let values: [Double]
    /// V: row `i` is the eigenvector of `values[i]`, `[order, order]`. Its largest component is positive.
    public let vectors: [Double]

    /// Decomposes `matrix`, `[order, order]`, whose numbers must be finite; of the two halves only the upper is read.
    public init(_ matrix: [Double], order n: Int) {
        precondition(matrix.count == n * n, "found \(matrix.count) numbers, expected \(n) × \(n)")
        precondition(matrix.allSatisfy(\.isFinite), "a number of the matrix is not finite")
        var symmetric = matrix
        for i in 0..<n { for j in 0..<i { symmetric[i * n + j] = matrix[j * n + i] } }
        var tridiagonal = Tridiagonal(symmetric, order: n)
        var rows = tridiagonal.reflections.orthonormalRows()
        tridiagonal.diagonalise().apply(to: &rows, order: n)

        let found = tridiagonal.diagonal
        let sorted = found.indices.sorted { found[$0] != found[$1] ? found[$0] > found[$1] : $0 < $1 }
        order = n
        values = sorted.map { found[$0] }
        vectors = sorted.flatMap { Self.turned(rows[$0 * n..<($0 + 1) * n]) }
    }

    /// The vector, or its opposite where the largest component would be negative.
    private static func turned(_ vector: ArraySlice<Double>) -> [Double] {
        var largest = 0.0
        for x in vector where x.magnitude > largest.magnitude { largest = x }
        return largest < 0 ? vector.map { -$0 } : Array(vector)
    }
}
