import KernelInterface
import Processor
import Tensors
import Testing

@testable import Kernels

/// Attention over long sequences, where blocks of queries and panels of keys have edges.
@Suite struct AttentionTests {
    @Test(arguments: InstructionLevel.available, [false, true])
    func `forward and gradient agree with the definition`(level: String, isCausal: Bool) throws {
        let set = try #require(InstructionLevel.kernelSets.first { $0.name == level })
        for (tokens, headWidth) in [(1, 3), (47, 8), (49, 64), (130, 20)] {
            let shape = AttentionShape(
                segments: Segments(lengths: [tokens]), heads: 1, width: headWidth, isCausal: isCausal)
            let qkv = random(tokens * 3 * headWidth, 1), dy = random(tokens * headWidth, 2)
            var y = [Float](repeating: 0, count: tokens * headWidth)
            var statistics = [Float](repeating: 0, count: tokens)
            var out = y.mutableSpan, kept = statistics.mutableSpan
            set.attention(shape, qkv.span, into: &out, statistics: &kept)
            var dqkv = random(qkv.count, 3)
            let before = dqkv
            var gradient = dqkv.mutableSpan
            set.attentionGradient(shape, qkv.span, y.span, statistics: statistics.span, dy.span, into: &gradient)
            let plain = plainAttention(tokens, headWidth, isCausal, qkv.map(Double.init), dy.map(Double.init))
            #expect(difference(y, plain.y.map { Float($0) }) < 2e-5, "\(tokens) tokens of \(headWidth)")
            let expected = zip(before, plain.dqkv).map { $0 + Float($1) }
            #expect(difference(dqkv, expected) < 5e-5, "\(tokens) tokens of \(headWidth)")
        }
    }
}

/// The definition, in doubles: probabilities stored whole.
private func plainAttention(
    _ tokens: Int, _ width: Int, _ isCausal: Bool, _ qkv: [Double], _ dy: [Double]
) -> (y: [Double], dqkv: [Double]) {
    let scale = 1 / Double(width).squareRoot()
    var y = [Double](repeating: 0, count: tokens * width), dqkv = [Double](repeating: 0, count: qkv.count)
    func at(_ part: Int, _ t: Int, _ i: Int) -> Int { t * 3 * width + part * width + i }
    for t in 0..<tokens {
        let seen = isCausal ? t + 1 : tokens
        let scores = (0..<seen).map { j in
            scale * (0..<width).reduce(0.0) { $0 + qkv[at(0, t, $1)] * qkv[at(1, j, $1)] }
        }
        let top = scores.max() ?? 0, powers = scores.map { exponentialOf($0 - top) }
        let sum = powers.reduce(0, +), p = powers.map { $0 / sum }
        for j in 0..<seen { for i in 0..<width { y[t * width + i] += p[j] * qkv[at(2, j, i)] } }
        let dp = (0..<seen).map { j in (0..<width).reduce(0.0) { $0 + dy[t * width + $1] * qkv[at(2, j, $1)] } }
        let along = zip(p, dp).reduce(0.0) { $0 + $1.0 * $1.1 }
        for j in 0..<seen {
            let ds = p[j] * (dp[j] - along) * scale
            for i in 0..<width {
                dqkv[at(0, t, i)] += ds * qkv[at(1, j, i)]
                dqkv[at(1, j, i)] += ds * qkv[at(0, t, i)]
                dqkv[at(2, j, i)] += p[j] * dy[t * width + i]
            }
        }
    }
    return (y, dqkv)
}

/// eˣ by its series after halving, so that the reference shares nothing with the kernels.
private func exponentialOf(_ x: Double) -> Double {
    var term = 1.0, sum = 1.0
    for n in 1..<25 {
        term *= x / 64 / Double(n)
        sum += term
    }
    for _ in 0..<6 { sum *= sum }
    return sum
}
