import ArgumentParser
import Augmentations
import Failures
import Images
import Kernels
import Storage
import Tensors
import Terminal

/// How many pictures a second become what a model sees.
struct ImageBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images", abstract: "Pictures a second through one part of the way from files to views.",
        discussion: "Prints one JSON object: pictures (of simclr: views) a second, and what inflates PNGs.")

    /// What is measured.
    enum Part: String, ExpressibleByArgument, CaseIterable {
        /// Decode, cut out at random, resize, mirror at random, normalise into rows of patches.
        case train
        /// One of SimCLR's views of a decoded picture.
        case simclr
        /// Decode, resize the shorter side, cut out the middle.
        case evaluate
        /// Resize a decoded picture's shorter side.
        case resize
    }

    @Argument(help: "What is measured: train, simclr, evaluate or resize.") var part: Part
    @Argument(help: "Picture files.") var pictures: [String]
    @Option(help: "The side of what is made, pixels.") var side = 224
    @Option(help: "Threads.") var threads = 1
    @Option(help: "Seconds.") var seconds = 1.0

    func run() throws {
        reportingFailures(from: "clip-benchmark") { () throws(Failure) in
            setThreadCount(threads)
            var views: [ImageView] = []
            for path in pictures { views.append(try ImageView(part, path, side: side)) }
            let began = ContinuousClock.now
            var passes = 0, elapsed = 0.0
            while elapsed < seconds {
                passes += 1
                let pass = passes
                parallelFor(views.count) { place in views[place].make(pass, place) }
                elapsed = (ContinuousClock.now - began) / .seconds(1)
            }
            let inflater = Picture.inflatesAtOnce ? "libdeflate" : "zlib"
            try printResult("{\"rate\": \(Double(passes * views.count) / elapsed), \"png\": \"\(inflater)\"}")
        }
    }
}

/// One picture, and what is made of it again and again. Sendable: one thread at a time makes it.
private final class ImageView: @unchecked Sendable {
    private let part: ImageBenchmark.Part
    private let path: String
    private let picture: Picture
    private let side: Int
    private let preprocessing: Preprocessing
    private let layout: PatchLayout
    private let recipe: [any Augmentation]
    private var rows: [Float]

    init(_ part: ImageBenchmark.Part, _ path: String, side: Int) throws(Failure) {
        (self.part, self.path, self.side) = (part, path, side)
        picture = try MappedFile(path).read { (bytes) throws(Failure) in try Picture(decoding: bytes, named: path) }
        preprocessing = Preprocessing(side: side, interpolation: .bilinear)
        layout = PatchLayout(side: side, patchSize: 16)
        rows = [Float](repeating: 0, count: layout.patches * layout.rowWidth)
        recipe =
            switch part {
            case .simclr: .simCLR(side: side, filter: .bilinear)
            case .evaluate: .evaluation(Preprocessing(side: side))
            case .train, .resize: [RandomResizedCrop(side: side, filter: .bilinear), RandomFlip()]
            }
    }

    /// Makes it once, with luck of its own. The file was read before, so it does not fail.
    func make(_ pass: Int, _ item: Int) {
        var random = SeededRandom(seed: 1, purpose: .augmentation, epoch: pass, item: item)
        switch part {
        case .train:
            var floats: [Float] = []
            swap(&floats, &rows)
            try? MappedFile(path).read { (bytes) throws(Failure) in
                var target = floats.mutableSpan
                try recipe.writePatches(
                    decoding: bytes, named: path, atLeast: 2 * side, layout, preprocessing, using: &random,
                    into: &target)
            }
            swap(&floats, &rows)
        case .simclr: _ = recipe.apply(to: picture, using: &random)
        case .evaluate:
            _ = try? MappedFile(path).read { (bytes) throws(Failure) in
                try recipe.apply(decoding: bytes, named: path, atLeast: 2 * side, using: &random)
            }
        case .resize: _ = picture.resized(shorterSide: side)
        }
    }
}
