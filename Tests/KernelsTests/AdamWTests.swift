import Testing

@testable import Kernels

@Suite struct AdamWTests {
    @Test func `steps agree with the formulas written out`() {
        var w: [Float] = (0..<37).map { Float($0) / 10 - 2 }, m = [Float](repeating: 0, count: 37), v = m
        var plainW = w.map(Double.init), plainM = m.map(Double.init), plainV = plainM
        for step in 1...5 {
            let g: [Float] = (0..<37).map { Float(($0 * step) % 7) / 5 - 0.5 }
            var settings = AdamWStep(learningRate: 0.01, weightDecay: 0.2, step: step)
            settings.gradientScale = 0.5
            var a = w.mutableSpan, b = m.mutableSpan, c = v.mutableSpan
            adamW(settings, gradients: g.span, parameters: &a, firstMoments: &b, secondMoments: &c)
            for i in 0..<37 {
                let gradient = Double(g[i]) * 0.5
                plainM[i] = 0.9 * plainM[i] + 0.1 * gradient
                plainV[i] = 0.98 * plainV[i] + 0.02 * gradient * gradient
                let corrected = plainM[i] / (1 - power(0.9, step)), second = plainV[i] / (1 - power(0.98, step))
                plainW[i] = plainW[i] * (1 - 0.01 * 0.2) - 0.01 * corrected / (second.squareRoot() + 1e-6)
            }
        }
        #expect(difference(w, plainW.map { Float($0) }) < 1e-5)
        #expect(w[0] != -2)
    }

    private func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { p, _ in p * x } }
}
