import Catalogue
import Failures
import Foundation
import Testing

@testable import Training

@Suite struct StandardizationTests {
    @Test func `a folded layer does to features what the layer does to standardized ones`() throws {
        let path = NSTemporaryDirectory() + "standardization-\(UUID().uuidString)"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let table = try FeatureCache(path).table(of: "tower", width: 2)
        let keys = ["a", "b", "c", "d"].map { FeatureKey($0) }, rows: [Float] = [1, 10, 3, 30, 5, 20, 7, 20]
        try table.add(keys, rows: rows)
        let standardization = try Standardization(keys, in: table, centering: true)
        var standardized = [Float](repeating: 0, count: 8), span = standardized.mutableSpan
        standardization.apply(rows.span, into: &span)
        for column in 0..<2 {
            let values = (0..<4).map { standardized[2 * $0 + column] }
            #expect(abs(values.reduce(0, +)) < 1e-5)
            #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-5)
        }
        var weight: [Float] = [0.5, -2, 1, 3], bias: [Float] = [0.1, 0.2]
        let before = layer(weight, bias, of: standardized)
        var weightSpan = weight.mutableSpan, biasSpan = bias.mutableSpan
        standardization.fold(into: &weightSpan, bias: &biasSpan)
        let after = layer(weight, bias, of: rows)
        #expect(zip(before, after).allSatisfy { abs($0 - $1) < 1e-4 }, "\(before), \(after)")
    }

    /// Two outputs of two inputs, row by row.
    private func layer(_ weight: [Float], _ bias: [Float], of rows: [Float]) -> [Float] {
        var outputs: [Float] = []
        for row in 0..<rows.count / 2 {
            for output in 0..<2 {
                let products = weight[2 * output] * rows[2 * row] + weight[2 * output + 1] * rows[2 * row + 1]
                outputs.append(bias[output] + products)
            }
        }
        return outputs
    }
}
