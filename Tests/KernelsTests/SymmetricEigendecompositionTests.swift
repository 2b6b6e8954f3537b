import Foundation
import Tensors
import Testing

@testable import Kernels

/// What NumPy says; `scripts/golden/evaluation.py` wrote it and says what each name means.
private struct Golden: Decodable {
    var eigen: Eigen, whitening: Whitening

    struct Eigen: Decodable {
        var order: Int, matrix: [Double], values: [Double]
    }
    struct Whitening: Decodable {
        var embedDim: Int, rows: [Float], covariance: [Double]
    }

    init() throws {
        let path = #filePath.replacing(
            "KernelsTests/SymmetricEigendecompositionTests.swift", with: "Fixtures/golden/evaluation.json")
        self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: path)))
    }
}

private func normal(_ count: Int, seed: UInt64) -> [Double] {
    var random = SeededRandom(seed: seed, purpose: .test)
    return (0..<count).map { _ in Double(random.normal()) }
}

private func symmetric(_ n: Int, seed: UInt64) -> [Double] {
    let half = normal(n * n, seed: seed)
    return (0..<n * n).map { half[$0] + half[$0 % n * n + $0 / n] }
}

/// The largest difference of `rows·rowsᵀ` from the identity.
private func distanceFromOrthonormal(_ rows: [Double], _ n: Int) -> Double {
    var worst = 0.0
    for i in 0..<n {
        for j in 0..<n {
            var sum = i == j ? -1.0 : 0
            for k in 0..<n { sum += rows[i * n + k] * rows[j * n + k] }
            worst = max(worst, sum.magnitude)
        }
    }
    return worst
}

@Suite(.serialized) struct SymmetricEigendecompositionTests {
    @Test func `eigenvalues are those of NumPy`() throws {
        let golden = try Golden().eigen
        let found = SymmetricEigendecomposition(golden.matrix, order: golden.order)
        for (value, expected) in zip(found.values, golden.values) { #expect(abs(value - expected) < 1e-12) }
    }

    @Test(arguments: [1, 2, 3, 8, 33, 70])
    func `the eigenvectors are orthonormal and make the matrix again`(n: Int) {
        for seed in 0..<3 as Range<UInt64> {
            let matrix = symmetric(n, seed: seed), found = SymmetricEigendecomposition(matrix, order: n)
            #expect(zip(found.values, found.values.dropFirst()).allSatisfy { $0 >= $1 })
            #expect(distanceFromOrthonormal(found.vectors, n) < 1e-12)
            for i in 0..<n {
                for j in 0..<n {
                    var sum = 0.0
                    for k in 0..<n { sum += found.values[k] * found.vectors[k * n + i] * found.vectors[k * n + j] }
                    #expect(abs(sum - matrix[i * n + j]) < 1e-11, "\(i), \(j) of \(n)")
                }
            }
        }
    }

    @Test func `matrices of low rank, of zeros and with equal eigenvalues are no trouble`() {
        let n = 20, x = normal(n, seed: 4)
        let one = SymmetricEigendecomposition((0..<n * n).map { x[$0 / n] * x[$0 % n] }, order: n)
        let length = x.reduce(0) { $0 + $1 * $1 }
        #expect(abs(one.values[0] - length) < 1e-11 && one.values[1...].allSatisfy { abs($0) < 1e-12 })
        let none = SymmetricEigendecomposition([Double](repeating: 0, count: n * n), order: n)
        #expect(none.values.allSatisfy { $0 == 0 } && distanceFromOrthonormal(none.vectors, n) == 0)
        let identity = SymmetricEigendecomposition((0..<n * n).map { $0 / n == $0 % n ? 3 : 0 }, order: n)
        #expect(identity.values == [Double](repeating: 3, count: n))
        #expect(SymmetricEigendecomposition([], order: 0).values.isEmpty)
    }

    @Test func `one thread and five give the same bits`() {
        let before = threadCount
        defer { setThreadCount(before) }
        let matrix = symmetric(90, seed: 1), rows = normal(700 * 13, seed: 2).map { Float($0) }
        let found = [1, 5].map { threads in
            setThreadCount(threads)
            let eigen = SymmetricEigendecomposition(matrix, order: 90)
            let spread = covariance(of: rows.span, width: 13, around: columnMeans(rows.span, width: 13))
            return [eigen.values, eigen.vectors, orthonormalRows(of: matrix, order: 90), spread]
        }
        #expect(found[0] == found[1])
    }

    @Test(arguments: [1, 2, 5, 40]) func `rows made orthonormal span what those before them spanned`(n: Int) {
        let matrix = normal(n * n, seed: 9), rows = orthonormalRows(of: matrix, order: n)
        #expect(distanceFromOrthonormal(rows, n) < 1e-12)
        for i in 0..<n {
            for j in i..<n {
                // L[i, j] is zero above the diagonal, and above zero on it.
                var product = 0.0
                for k in 0..<n { product += matrix[i * n + k] * rows[j * n + k] }
                #expect(i == j ? product > 0 : abs(product) < 1e-12, "\(i), \(j)")
            }
        }
    }

    @Test func `the covariance is that of NumPy`() throws {
        let golden = try Golden().whitening, rows = golden.rows
        let mean = columnMeans(rows.span, width: golden.embedDim)
        let found = covariance(of: rows.span, width: golden.embedDim, around: mean)
        for (value, expected) in zip(found, golden.covariance) { #expect(abs(value - expected) < 1e-10) }
    }

    @Test(arguments: [(1, 1), (3, 5), (600, 9)])
    func `sums of products around any centre agree with the definition`(count: Int, width: Int) {
        let rows = normal(count * width, seed: 3).map { Float($0) }, centre = normal(width, seed: 5)
        let found = covariance(of: rows.span, width: width, around: centre)
        for i in 0..<width {
            for j in 0..<width {
                var sum = 0.0
                for row in 0..<count {
                    sum += (Double(rows[row * width + i]) - centre[i]) * (Double(rows[row * width + j]) - centre[j])
                }
                #expect(abs(found[i * width + j] - sum / Double(count)) < 1e-12)
            }
        }
    }
}
