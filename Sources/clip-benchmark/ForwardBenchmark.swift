import ArgumentParser
import Autodiff
import Failures
import Kernels
import Tensors
import Terminal
import Towers

/// How fast a picture tower with random weights embeds pictures.
struct ForwardBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward", abstract: "Pictures a second through a picture tower, without a gradient.",
        discussion: "Prints one JSON object: pictures a second in each round, of pixels drawn by lot.")

    @Option(help: "A preset, or the path of a model's JSON file.") var model = "ViT-B-32"
    @Option(help: "Pictures at once.") var batch = 32
    @Option(help: "Threads that compute.") var threads = 1
    @Option(help: "Seconds of each round.") var seconds = 5.0
    @Option(help: "Rounds.") var rounds = 1

    func run() throws {
        reportingFailures(from: "clip-benchmark") { () throws(Failure) in
            setThreadCount(threads)
            let plan = try ModelConfiguration(named: model).plan
            var store = ParameterStore(), luck = SeededRandom(seed: 1, purpose: .order)
            let towers = Model(plan, in: &store)
            var tape = Tape(parameters: store, seed: 1)
            tape.fixParameters()
            let pixels = (0..<batch * plan.patches * plan.patchWidth).map { _ in luck.uniform(in: -2...2) }
            func step() {
                tape.begin(recording: false)
                let patches = tape.input([batch * plan.patches, plan.patchWidth]) { rows in
                    for i in pixels.indices { rows[i] = pixels[i] }
                }
                _ = towers.embed(patches: patches, batch: batch, on: &tape)
            }
            var rates: [Double] = []
            for _ in 0..<2 { step() }  // the second one packs the weights
            for _ in 0..<rounds {
                let began = ContinuousClock.now
                var done = 0
                while (ContinuousClock.now - began) / .seconds(1) < seconds {
                    step()
                    done += batch
                }
                rates.append(Double(done) / ((ContinuousClock.now - began) / .seconds(1)))
            }
            try printResult("{\"rates\": \(rates)}")
        }
    }
}
