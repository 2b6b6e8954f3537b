import ArgumentParser
import Autodiff
import Failures
import Kernels
import Tensors
import Terminal

/// How fast each loop over floats is by itself.
struct KernelBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels", abstract: "GFLOP/s or GB/s of each kernel.",
        discussion: """
            Prints one JSON object a kernel: its name, what it does a second in billions, and whether these are \
            floating-point operations or bytes that it must read and write.
            """)

    @Option(help: "Threads that compute.") var threads = 1
    @Option(help: "Seconds of each kernel; the fastest call counts.") var seconds = 1.0

    func run() throws {
        reportingFailures(from: "clip-benchmark") { () throws(Failure) in
            setThreadCount(threads)
            try copies()
            try products()
            try steps()
        }
    }

    /// Measures `body`, which does `work` floating-point operations or bytes.
    private func measure(_ name: String, _ unit: Unit, work: Int, _ body: () -> Void) throws(Failure) {
        body()
        let began = ContinuousClock.now
        var fastest = Double.infinity
        repeat {
            let start = ContinuousClock.now
            body()
            fastest = min(fastest, (ContinuousClock.now - start) / .seconds(1))
        } while (ContinuousClock.now - began) / .seconds(1) < seconds
        try report(name, unit, Double(work) / fastest)
    }

    private enum Unit: String { case operations = "GFLOP/s", bytes = "GB/s" }

    private func floats(_ count: Int, _ item: Int) -> [Float] {
        var luck = SeededRandom(seed: 1, purpose: .order, item: item)
        return (0..<count).map { _ in luck.uniform(in: -1...1) }
    }

    // MARK: - Loops over memory

    private func copies() throws(Failure) {
        let count = 1 << 24, source = floats(1 << 16, 1)
        var x = FloatBuffer(count: count), y = FloatBuffer(count: count)
        x.write(0..<count) { span in for i in span.indices { span[i] = source[i & 0xffff] } }
        y.write(0..<count) { span in for i in span.indices { span[i] = 1 } }
        try measure("memcpy", .bytes, work: 8 * count) {
            x.read { all in
                y.write(0..<count) { target in
                    parallelRows(of: &target, width: 1 << 14, rowsPerTask: 1) { first, rows in
                        rows.copy(all.extracting(first << 14..<first << 14 + rows.count))
                    }
                }
            }
        }
        try measure("y += a·x", .bytes, work: 12 * count) {
            x.read { all in y.write(0..<count) { addScaled(1e-3, all, to: &$0) } }
        }
        try optimizer()
    }

    private func optimizer() throws(Failure) {
        let count = 1 << 23
        var weights = FloatBuffer(count: count), first = FloatBuffer(count: count), second = FloatBuffer(count: count)
        var gradients = FloatBuffer(count: count), number = 0
        let some = floats(1 << 16, 1)
        gradients.write(0..<count) { span in for i in span.indices { span[i] = some[i & 0xffff] } }
        try measure("AdamW", .bytes, work: 28 * count) {
            number += 1
            gradients.read { g in
                weights.write(0..<count) { w in
                    first.write(0..<count) { m in
                        second.write(0..<count) { v in
                            adamW(
                                AdamWStep(learningRate: 1e-4, weightDecay: 0.1, step: number), gradients: g,
                                parameters: &w, firstMoments: &m, secondMoments: &v)
                        }
                    }
                }
            }
        }
    }

    // MARK: - Products

    private func products() throws(Failure) {
        for (m, k, n) in [(4096, 192, 576), (4096, 192, 768), (4096, 768, 192), (4096, 768, 3072), (1024, 1024, 1024)] {
            let x = floats(m * k, 1), weight = floats(n * k, 2), shape = LinearShape(rows: m, inputs: k, outputs: n)
            var y = [Float](repeating: 0, count: m * n), dx = x, dw = weight, none: [Float] = []
            let size = "\(m) × \(k) → \(n)", work = 2 * m * k * n
            try measure("Y = X·W, \(size)", .operations, work: work) {
                var out = y.mutableSpan, sums = none.mutableSpan
                kernels.linear(
                    shape, x.span, weight.span, bias: Span(), activation: .none, residual: Span(), into: &out,
                    sums: &sums)
            }
            try measure("dX = dY·Wᵀ, \(size)", .operations, work: work) {
                var out = dx.mutableSpan
                kernels.linearInputGradient(shape, y.span, weight.span, into: &out)
            }
            try measure("dW = Xᵀ·dY, \(size)", .operations, work: work) {
                var out = dw.mutableSpan, sums = none.mutableSpan
                kernels.linearWeightGradient(shape, y.span, x.span, into: &out, bias: &sums)
            }
        }
    }

    // MARK: - What a training step is made of

    /// One operation of the tape: what it takes, and what it does.
    private struct Step {
        let name: String, unit: Unit, forwards: Int, backwards: Int
        let shapes: [Shape]
        let apply: (inout Tape, [Tensor]) -> Tensor
    }

    private func steps() throws(Failure) {
        let rows = 64 * 65, width = 192, hidden = 768, segments = Segments(count: 64, length: 65),
            table = rows * width * 4
        let captions = Segments(lengths: (0..<256).map { 5 + $0 % 13 }), tokens = captions.rowCount
        let ids = (0..<tokens).map { Int32($0 * 37 % 8192) }, pairs = 1024
        // Scores and sums of values: 4 operations a pair of tokens and column forwards; back, 10 with the scores again.
        let scores = 64 * 65 * 65 * width
        let all: [Step] = [
            Step(
                name: "layer norm, \(rows) × \(width)", unit: .bytes, forwards: 2 * table, backwards: 4 * table,
                shapes: [[width], [width], [rows, width]]
            ) { tape, p in tape.layerNorm(p[2], gain: p[0], bias: p[1]) },
            Step(
                name: "attention, 64 × 65 tokens, 3 heads of 64", unit: .operations, forwards: 4 * scores,
                backwards: 10 * scores, shapes: [[rows, 3 * width]]
            ) { tape, p in tape.attention(p[0], segments: segments, heads: 3, causal: false) },
            Step(
                name: "attention, 64 × 65 tokens, 6 heads of 32", unit: .operations, forwards: 4 * scores,
                backwards: 10 * scores, shapes: [[rows, 3 * width]]
            ) { tape, p in tape.attention(p[0], segments: segments, heads: 6, causal: false) },
            Step(
                name: "hidden layer, \(rows) × \(width) → \(hidden) → \(width)", unit: .operations,
                forwards: 4 * rows * width * hidden, backwards: 8 * rows * width * hidden,
                shapes: [[hidden, width], [hidden], [width, hidden], [width], [rows, width]]
            ) { tape, p in
                tape.feedForward(
                    p[4], through: nil, LinearParameters(weight: p[0], bias: p[1]), .gelu,
                    LinearParameters(weight: p[2], bias: p[3]), addingInput: true)
            },
            Step(
                name: "tokens' embeddings, \(tokens) of 8192 × \(width)", unit: .bytes,
                forwards: 2 * tokens * width * 4,
                backwards: 3 * tokens * width * 4, shapes: [[8192, width], [32, width]]
            ) { tape, p in tape.embedTokens(ids, segments: captions, table: p[0], positions: p[1]) },
            Step(
                name: "both cross-entropies, \(pairs) × \(pairs)", unit: .bytes, forwards: pairs * pairs * 4,
                backwards: 3 * pairs * pairs * 4, shapes: [[pairs, pairs]]
            ) { tape, p in tape.symmetricCrossEntropy(p[0]) },
        ]
        for step in all { try measure(step) }
    }

    /// Forwards, and backwards from the sum of what it made: the fastest of each.
    private func measure(_ step: Step) throws(Failure) {
        var store = ParameterStore()
        let parameters = step.shapes.dropLast().enumerated().map {
            store.declare("p\($0)", $1, .normal(deviation: 0.1), decays: false)
        }
        let shape = step.shapes[step.shapes.count - 1], given = floats(shape.count, 3)
        var tape = Tape(parameters: store, seed: 1), forwards = Double.infinity, backwards = Double.infinity
        let began = ContinuousClock.now
        repeat {
            tape.begin(recording: true)
            let x = tape.input(shape) { span in for i in span.indices { span[i] = given[i] } }
            let start = ContinuousClock.now, y = step.apply(&tape, parameters + [x]), middle = ContinuousClock.now
            let ones = tape.input(y.shape) { $0.update(repeating: 1) }, loss = tape.innerProduct(y, ones)
            let before = ContinuousClock.now
            tape.backward(from: loss)
            forwards = min(forwards, (middle - start) / .seconds(1))
            backwards = min(backwards, (ContinuousClock.now - before) / .seconds(1))
        } while (ContinuousClock.now - began) / .seconds(1) < 2 * seconds
        try report(step.name, step.unit, Double(step.forwards) / forwards)
        try report("… its gradient", step.unit, Double(step.backwards) / backwards)
    }

    private func report(_ name: String, _ unit: Unit, _ rate: Double) throws(Failure) {
        try printResult("{\"name\": \"\(name)\", \"unit\": \"\(unit.rawValue)\", \"rate\": \(rate / 1e9)}")
    }
}
