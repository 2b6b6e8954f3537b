import Augmentations
import Failures
import Images
import Tensors
import Testing
import Tokenizers

@testable import Datasets

/// Resizes to a square and adds a drawn number, so that luck shows in the pixels.
private struct Shaded: Augmentation {
    static let name = "shaded"
    var fault: String? { nil }
    var side = 4

    func apply(to picture: Picture, using random: inout SeededRandom) -> Picture {
        var view = picture.resized(height: side, width: side)
        let shade = UInt8(random.index(below: 256))
        for i in view.pixels.indices { view.pixels[i] &+= shade }
        return view
    }
}

/// 23 pictures, of which `broken` cannot be read; every third has two captions.
private func makeDataset(in folder: TestFolder, broken: [Int] = []) throws -> Dataset {
    let names = (0..<23).map { "\($0).png" }
    try folder.pictures(names)
    for picture in broken { try folder.write(names[picture], "no picture") }
    var table = names.map { "\($0)\tcaption \($0)\n" }.joined()
    for picture in stride(from: 0, to: 23, by: 3) { table += "\(names[picture])\tanother \(picture)\n" }
    try folder.write("captions.tsv", table)
    var settings = DatasetSettings()
    settings.validationShare = 0
    return try Dataset.open(folder.path, settings)
}

private func makeMaker(
    _ dataset: Dataset, batchSize: Int = 5, seed: UInt64 = 3, recipe: [any Augmentation] = [Shaded()],
    cacheBytes: Int = 1 << 20
) -> BatchMaker {
    BatchMaker(
        dataset: dataset, indices: dataset.training,
        tokenizer: BytePairTokenizer.trained(on: ["caption another"], vocabSize: 600), contextLength: 16,
        recipe: recipe, side: 4, batchSize: batchSize, seed: seed, cacheBytes: cacheBytes)
}

@Suite struct BatchMakerTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func `an epoch takes every sample at most once, in another order each time`() throws {
        let maker = makeMaker(try makeDataset(in: folder))
        #expect(maker.batchesPerEpoch == 4)
        let epochs = try (0..<2).map { epoch in try (0..<4).flatMap { try maker.batch(epoch: epoch, index: $0).names } }
        for names in epochs { #expect(names.count == 20 && Set(names).count == 20) }
        #expect(epochs[0] != epochs[1])
    }

    @Test func `a batch has the shapes that it says`() throws {
        let batch = try makeMaker(try makeDataset(in: folder)).batch(epoch: 0, index: 0)
        #expect(batch.count == 5 && batch.pictures.count == 5 * 4 * 4 * 3)
        #expect(batch.segments.count == 5 && batch.segments.rowCount == batch.tokens.count)
        #expect(batch.pictureIDs == [0, 1, 2, 3, 4])
    }

    @Test func `another seed gives other luck, the same seed the same`() throws {
        let dataset = try makeDataset(in: folder)
        let batch = try makeMaker(dataset).batch(epoch: 1, index: 2)
        #expect(try makeMaker(dataset).batch(epoch: 1, index: 2) == batch)
        #expect(try makeMaker(dataset, seed: 4).batch(epoch: 1, index: 2) != batch)
    }

    @Test func `pictures that are kept in memory change no byte`() throws {
        let dataset = try makeDataset(in: folder, broken: [2])
        let recipe: [any Augmentation] = [Resize(side: 6), RandomCrop(side: 4), RandomFlip()]
        func epochs(_ cacheBytes: Int) throws -> [Batch] {
            let maker = makeMaker(dataset, recipe: recipe, cacheBytes: cacheBytes)
            return try (0..<3).flatMap { epoch in try (0..<4).map { try maker.batch(epoch: epoch, index: $0) } }
        }
        let none = try epochs(0)
        #expect(Set(none.map(\.pictures)).count == 12)
        #expect(try epochs(1 << 20) == none)
        #expect(try epochs(6 * 6 * 3 * 5) == none)
    }

    @Test func `all captions of a picture are drawn in turn`() throws {
        let maker = makeMaker(try makeDataset(in: folder), batchSize: 23)
        var seen: [String: Set<[Int32]>] = [:]
        for epoch in 0..<20 {
            let batch = try maker.batch(epoch: epoch, index: 0)
            for i in 0..<batch.count {
                seen[batch.names[i], default: []].insert(Array(batch.tokens[batch.segments[i]]))
            }
        }
        for picture in 0..<23 { #expect(seen["\(picture).png"]?.count == (picture % 3 == 0 ? 2 : 1)) }
    }

    @Test func `equal pictures and equal captions have equal numbers`() throws {
        try folder.pictures(["a.png", "b.png"])
        try folder.pictures(["c.png"])  // the same as a
        try folder.write("captions.tsv", "a.png\tone\nb.png\ttwo\nc.png\ttwo\n")
        let maker = makeMaker(try Dataset.open(folder.path), batchSize: 3)
        let batch = try maker.batch(epoch: 0, index: 0)
        func number(_ ids: [Int], _ name: String) -> Int? { batch.names.firstIndex(of: name).map { ids[$0] } }
        #expect(number(batch.pictureIDs, "a.png") == number(batch.pictureIDs, "c.png"))
        #expect(number(batch.pictureIDs, "a.png") != number(batch.pictureIDs, "b.png"))
        #expect(number(batch.captionIDs, "b.png") == number(batch.captionIDs, "c.png"))
        #expect(number(batch.captionIDs, "a.png") != number(batch.captionIDs, "b.png"))
    }

    @Test func `an unreadable picture is replaced and named`() throws {
        let maker = makeMaker(try makeDataset(in: folder, broken: [2, 11]), batchSize: 23)
        let batch = try maker.batch(epoch: 0, index: 0)
        #expect(batch.count == 23)
        #expect(Set(batch.skipped.map(\.name)) == ["2.png", "11.png"])
        #expect(Set(batch.names).isDisjoint(with: ["2.png", "11.png"]))
        #expect(try maker.batch(epoch: 0, index: 0) == batch)
    }

    @Test func `one readable picture is enough, none is a failure`() throws {
        let dataset = try makeDataset(in: folder, broken: Array(1..<23))
        let batch = try makeMaker(dataset).batch(epoch: 0, index: 0)
        #expect(Set(batch.names) == ["0.png"])
        try folder.write("0.png", [])
        #expect(throws: Failure.self) { try makeMaker(dataset).batch(epoch: 0, index: 0) }
    }
}

@Suite struct BatchLoaderTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func `one and three workers give the same batches, from any place`() throws {
        let maker = makeMaker(try makeDataset(in: folder, broken: [7]))
        let one = BatchLoader(maker, workers: 1, ahead: 1), three = BatchLoader(maker, workers: 3, ahead: 5)
        let batches = try (0..<10).map { _ in try one.next() }
        for batch in batches { #expect(try three.next() == batch) }
        for place in 0..<10 {
            let resumed = BatchLoader(maker, from: BatchPosition(epoch: place / 4, index: place % 4), workers: 2)
            let batch = try resumed.next()
            #expect(batch.pictures == batches[place].pictures && batch.tokens == batches[place].tokens)
        }
        #expect(one.waitedSeconds > 0 && one.idleSeconds > 0)
    }

    @Test func `an unreadable picture is reported once`() throws {
        let loader = BatchLoader(makeMaker(try makeDataset(in: folder, broken: [7])), workers: 2)
        let skipped = try (0..<30).flatMap { _ in try loader.next().skipped }
        #expect(skipped.map(\.name) == ["7.png"])
    }

    @Test func `no more than the asked number is made ahead, and threads end with the loader`() async throws {
        let made = Counter()
        var workers: OrderedWorkers<Int>? = OrderedWorkers(workers: 3, ahead: 4) { number in
            made.add()
            return number
        }
        #expect(workers?.next() == 0)
        try await Task.sleep(for: .milliseconds(30))
        #expect(made.value == 5)
        workers = nil
        try await Task.sleep(for: .milliseconds(30))
        #expect(made.value == 5)
    }

    @Test func `evaluation sees every readable picture in order with all captions`() throws {
        let dataset = try makeDataset(in: folder, broken: [7])
        try folder.write("22.png", try pngBytes(0))
        var loader = PictureLoader(
            dataset, indices: Array(3..<23), recipe: [Shaded()], side: 4, chunk: 6, workers: 2)
        var names: [String] = [], captions: [[String]] = [], ids: [Int] = [], skipped: [Skipped] = []
        while let chunk = loader.next() {
            #expect(chunk.pictures.count == chunk.count * 4 * 4 * 3)
            names += chunk.names
            captions += chunk.captions
            ids += chunk.pictureIDs
            skipped += chunk.skipped
        }
        #expect(names == (3..<23).filter { $0 != 7 }.map { "\($0).png" })
        #expect(captions[0] == ["caption 3.png", "another 3"])
        #expect(ids == Array(0..<19))
        #expect(skipped.map(\.name) == ["7.png"])
    }
}
