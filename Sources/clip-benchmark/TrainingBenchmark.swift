import ArgumentParser
import Augmentations
import Datasets
import Failures
import Kernels
import Processor
import Storage
import Tensors
import Terminal
import Towers
import Training

/// How long a training step takes, without reading anything.
struct TrainingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training", abstract: "Seconds of training steps on pixels and tokens drawn by lot.",
        discussion: """
            Prints one JSON object: of each step the seconds and the pages that the system had to give, and the most bytes \
            that were resident.
            """)

    @Option(help: "A preset, or the path of a model's JSON file.") var model = "vit-nano-8-64"
    @Option(help: "Pairs a step.") var batch = 256
    @Option(help: "A file with the number of tokens of a caption in each line, start and end included.")
    var lengths: String
    @Option(help: "Threads that compute.") var threads = 1
    @Option(help: "Steps; the first is not told.") var steps = 6
    @Option(help: "Share of each picture's patches that are left out.") var patchDropout: Float?
    @Option(help: "Pairs that are computed at once.") var microBatch: Int?
    @Flag(help: "Count what is done in matrix products.") var countProducts = false

    func run() throws {
        reportingFailures(from: "clip-benchmark") { () throws(Failure) in
            setThreadCount(threads)
            let configuration = try ModelConfiguration(named: model), plan = configuration.plan
            var options = TrainingOptions()
            (options.batchSize, options.patchDropout, options.microBatch) = (batch, patchDropout, microBatch)
            let settings = options.settings(pairs: batch), preprocessing = Preprocessing(side: plan.imageSize)
            var trainer = Trainer(plan, settings, preprocessing), seconds: [Double] = []
            let lengths = try captionLengths(atMost: plan.contextLength)
            var pages: [Int] = [], products: ProductCount?
            for number in 1...max(steps, 2) {
                let batch = drawn(number, lengths, plan), before = pageFaults(), began = ContinuousClock.now
                _ = try trainer.step(number, on: batch, learningRate: 1e-4)
                if number > 1 { seconds.append((ContinuousClock.now - began) / .seconds(1)) }
                pages.append(pageFaults() - before)
                if number == 1, countProducts { products = InstructionLevel.countProducts() }
            }
            let counted = products.map { count in
                ", \"product_share\": \(count.seconds / Double(threads) / seconds.reduce(0, +))"
                    + ", \"product_gflops\": \((count.operations + count.attentionOperations) / count.seconds * Double(threads) / 1e9)"
            }
            try printResult(
                "{\"seconds\": \(seconds), \"pages\": \(pages), \"peak_bytes\": \(peakResidentBytes())\(counted ?? "")}"
            )
        }
    }

    private func captionLengths(atMost longest: Int) throws(Failure) -> [Int] {
        let found = try lines(of: lengths).map { Int($0) ?? 0 }
        guard !found.isEmpty, found.allSatisfy({ 2...longest ~= $0 }) else {
            throw Failure(
                .badData, "cannot measure", at: lengths, because: "expected lines with 2 to \(longest)",
                try: "write one number a line")
        }
        return found
    }

    /// A batch like one of real pairs.
    private func drawn(_ number: Int, _ lengths: [Int], _ plan: ModelPlan) -> Batch {
        var luck = SeededRandom(seed: 1, purpose: .order, epoch: number)
        var drawn = Batch(epoch: 0, index: number, side: plan.imageSize)
        drawn.pictures = (0..<batch * 3 * plan.imageSize * plan.imageSize).map { _ in UInt8(luck.index(below: 256)) }
        let own = (0..<batch).map { lengths[(number * batch + $0) % lengths.count] }
        for length in own {
            drawn.tokens += (1..<length).map { _ in Int32(luck.index(below: plan.vocabSize - 1)) }
            drawn.tokens.append(Int32(plan.vocabSize - 1))
        }
        drawn.segments = Segments(lengths: own)
        drawn.pictureIDs = Array(0..<batch)
        drawn.captionIDs = drawn.pictureIDs
        drawn.names = drawn.pictureIDs.map(String.init)
        return drawn
    }
}
