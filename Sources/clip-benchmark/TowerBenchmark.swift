import ArgumentParser
import Augmentations
import Failures
import Images
import Kernels
import Storage
import Tensors
import Terminal
import Tokenizers
import Towers

/// How fast a tower that was trained elsewhere makes features, and which.
struct TowerBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tower",
        abstract: "Features of pictures or of lines of text by a tower trained elsewhere: how fast, and which.",
        discussion:
            "Prints one JSON object: items, and items a second in each round. Reading and decoding do not count.")

    @Option(help: "Folder of a picture tower.") var imageTower: String?
    @Option(help: "Folder of a text tower.") var textTower: String?
    @Option(help: "Side of the square picture.") var imageSize: Int?
    @Option(help: "Block of the picture tower after which to stop.") var imageLayer: Int?
    @Option(help: "How the picture tower makes one row of many.") var imagePooling: String?
    @Argument(help: "Pictures, whose proportions do not count, or one file of lines.") var input: [String]
    @Option(help: "Items at once.") var batch = 32
    @Option(help: "Threads that compute.") var threads = 1
    @Option(help: "Seconds of each round; one pass at least.") var seconds = 5.0
    @Option(help: "Rounds.") var rounds = 3
    @Option(help: "Where the features go, as a matrix of NumPy.") var features: String?

    func run() throws {
        reportingFailures(from: "clip-benchmark") { () throws(Failure) in
            setThreadCount(threads)
            let side: TowerSide = imageTower == nil ? .text : .image
            var choices = TowerChoices(embedDim: 1)
            (choices.imageTower, choices.textTower, choices.imageSize) = (imageTower, textTower, imageSize)
            (choices.imageLayer, choices.imagePooling) = (
                imageLayer, imagePooling.flatMap(ImagePooling.init(rawValue:))
            )
            guard let folder = try choices.folder(of: side) else {
                throw Failure(
                    .badSettings, "cannot measure", at: "options", because: "no tower",
                    try: "give --image-tower or --text-tower")
            }
            let towers = try DualEncoder(
                choices, else: ModelConfiguration(named: "vit-nano-8-64"), startToken: nil, endToken: nil)
            var preprocessing = try choices.preprocessing() ?? Preprocessing(side: towers.plan.imageSize)
            (preprocessing.resizeMode, preprocessing.shorterSide) = (.squash, nil)
            var tower = try LockedTower(side, of: towers, preprocessing, from: folder)
            var measurement = Measurement(batch: batch, seconds: seconds, rounds: rounds)
            if side == .image {
                let layout = PatchLayout(side: preprocessing.side, patchSize: towers.plan.patchSize)
                var pictures: [[Float]] = []
                for path in input { pictures.append(try patches(of: path, layout, preprocessing)) }
                measurement.run(pictures) { part in
                    tower.features(batch: part.count, plan: towers.plan) { rows in
                        for (place, floats) in part.enumerated() {
                            for i in floats.indices { rows[place * floats.count + i] = floats[i] }
                        }
                    }
                }
            } else {
                let tokenizer = try readTokenizer(folder: folder), contextLength = towers.plan.contextLength
                measurement.run(try lines(of: input.first ?? "")) { part in
                    let tokens = part.map { tokenizer.encode($0, contextLength: contextLength).ids }
                    return tower.features(
                        tokens: tokens.flatMap { $0 }, segments: Segments(lengths: tokens.map(\.count)))
                }
            }
            try measurement.write(to: features, width: tower.featureWidth)
        }
    }

    private func patches(
        of path: String, _ layout: PatchLayout, _ preprocessing: Preprocessing
    ) throws(Failure) -> [Float] {
        let picture = try MappedFile(path).read { (bytes) throws(Failure) in
            try Picture(decoding: bytes, named: path)
        }
        var floats = [Float](repeating: 0, count: layout.patches * layout.rowWidth), rows = floats.mutableSpan
        layout.write(
            Resize(preprocessing).apply(to: picture).pixels.span, mean: preprocessing.mean, std: preprocessing.std,
            into: &rows)
        return floats
    }
}

/// Passes over some items, and how fast they were.
private struct Measurement {
    let batch: Int
    let seconds: Double
    let rounds: Int
    private var rates: [Double] = []
    private var features: [Float] = []
    private var count = 0

    init(batch: Int, seconds: Double, rounds: Int) {
        (self.batch, self.seconds, self.rounds) = (batch, seconds, rounds)
    }

    /// Makes the features of all items once, and then again and again.
    mutating func run<Item>(_ items: [Item], _ make: (ArraySlice<Item>) -> [Float]) {
        count = items.count
        for start in stride(from: 0, to: items.count, by: batch) {
            features += make(items[start..<min(start + batch, items.count)])
        }
        for _ in 0..<rounds {
            let began = ContinuousClock.now
            var done = 0, start = 0
            while done < items.count || (ContinuousClock.now - began) / .seconds(1) < seconds {
                let end = min(start + batch, items.count)
                _ = make(items[start..<end])
                done += end - start
                start = end == items.count ? 0 : end
            }
            rates.append(Double(done) / ((ContinuousClock.now - began) / .seconds(1)))
        }
    }

    /// Prints the rates, and writes the features where somebody wants them.
    func write(to path: String?, width: Int) throws(Failure) {
        if let path {
            try AtomicFile.write(to: path) { (file) throws(Failure) in
                try file.appendNumPyHeader(rows: count, width: width)
                try file.append(features.span)
            }
        }
        try printResult("{\"items\": \(count), \"rates\": \(rates)}")
    }
}
