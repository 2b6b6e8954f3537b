import Augmentations
import Failures
import Images
import Storage
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
    cacheBytes: Int = 1 << 20, views: [[any Augmentation]] = [], pixelFile: PixelFile? = nil
) throws -> BatchMaker {
    try BatchMaker(
        dataset: dataset, indices: dataset.training,
        tokenizer: BytePairTokenizer.trained(on: ["caption another"], vocabSize: 600), contextLength: 16,
        recipe: recipe, viewRecipes: views, side: 4, batchSize: batchSize, seed: seed, cacheBytes: cacheBytes,
        pixelFile: pixelFile)
}

@Suite struct BatchMakerTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func `an epoch takes every sample at most once, in another order each time`() throws {
        let maker = try makeMaker(try makeDataset(in: folder))
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
            let maker = try makeMaker(dataset, recipe: recipe, cacheBytes: cacheBytes)
            return try (0..<3).flatMap { epoch in try (0..<4).map { try maker.batch(epoch: epoch, index: $0) } }
        }
        let none = try epochs(0)
        #expect(Set(none.map(\.pictures)).count == 12)
        #expect(try epochs(1 << 20) == none)
        #expect(try epochs(6 * 6 * 3 * 5) == none)
    }

    /// Recipes that begin with a crop, of which a part may be decoded; pictures here have 12 × 12 pixels and more.
    static let cropping: [[any Augmentation]] = [
        [RandomResizedCrop(side: 4), RandomFlip()],
        [Shrink(shorterSide: 8), RandomResizedCrop(side: 4, scale: 0.2...1), RandomFlip(), RandomGrayscale()],
        [Resize(side: 6), RandomCrop(side: 4), RandomFlip()],
    ]

    @Test(arguments: 0..<3) func `a part of a picture that is decoded gives the bytes of the whole`(number: Int) throws
    {
        let dataset = try makeDataset(in: folder, broken: [2])
        func epochs(_ cacheBytes: Int) throws -> [Batch] {
            let maker = try makeMaker(dataset, recipe: Self.cropping[number], cacheBytes: cacheBytes)
            return try (0..<3).flatMap { epoch in try (0..<4).map { try maker.batch(epoch: epoch, index: $0) } }
        }
        let whole = try epochs(1 << 20)
        #expect(try epochs(0) == whole)
        #expect(try epochs(600) == whole)
    }

    @Test func `pictures that are kept in a file change no byte, and are found again`() throws {
        let dataset = try makeDataset(in: folder, broken: [2]), path = "\(folder.path)/pixels.cache"
        func epochs(_ limit: Int?) throws -> [Batch] {
            let maker = try makeMaker(
                dataset, recipe: Self.cropping[1], views: [Self.cropping[1], Self.cropping[0]],
                pixelFile: limit.map { PixelFile(path: path, limit: $0) })
            return try (0..<2).flatMap { epoch in try (0..<4).map { try maker.batch(epoch: epoch, index: $0) } }
        }
        let none = try epochs(nil)
        #expect(try epochs(1 << 17) == none)
        let size = try MappedFile(path).count
        #expect(size > 23 * 4 * 4 * 3)
        #expect(try epochs(1 << 17) == none)
        #expect(try MappedFile(path).count == size)  // nothing was made again
        // Cut off where a killed process might have stopped.
        try folder.write("pixels.cache", MappedFile(path).copy().dropLast(size / 3) + [0, 0, 0])
        #expect(try epochs(1 << 17) == none)
        #expect(try MappedFile(path).count == size)
    }

    @Test func `what was changed meanwhile is decoded anew`() throws {
        let dataset = try makeDataset(in: folder), file = PixelFile(path: "\(folder.path)/pixels.cache", limit: 1 << 17)
        let before = try makeMaker(dataset, batchSize: 23, pixelFile: file).batch(epoch: 0, index: 0)
        try folder.write("3.png", try pngBytes(200))
        let after = try makeMaker(dataset, batchSize: 23, pixelFile: file).batch(epoch: 0, index: 0)
        #expect(after == (try makeMaker(dataset, batchSize: 23).batch(epoch: 0, index: 0)))
        #expect(after.pictures != before.pictures)
    }

    @Test func `a preview shows what the epochs make of the first pictures that can be read`() throws {
        let maker = try makeMaker(
            try makeDataset(in: folder, broken: [2, 11]), recipe: Self.cropping[0], views: [Self.cropping[1]])
        let previews = try maker.previews(22, epochs: 2)
        #expect(previews.count == 21 && maker.viewCount == 2)
        let first = try maker.batch(epoch: 0, index: 0)
        #expect(previews.allSatisfy { $0.views.count == 2 && $0.views.allSatisfy { $0.count == 2 } })
        let shown = try #require(previews.first { $0.name == first.names[0] })
        #expect(shown.views[0][0].pixels == Array(first.pictures.prefix(48)))
        #expect(shown.views[0][1].pixels == Array(first.views[0].prefix(48)))
        #expect(shown.caption != nil)
    }

    @Test func `all captions of a picture are drawn in turn`() throws {
        let maker = try makeMaker(try makeDataset(in: folder), batchSize: 23)
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
        let maker = try makeMaker(try Dataset.open(folder.path), batchSize: 3)
        let batch = try maker.batch(epoch: 0, index: 0)
        func number(_ ids: [Int], _ name: String) -> Int? { batch.names.firstIndex(of: name).map { ids[$0] } }
        #expect(number(batch.pictureIDs, "a.png") == number(batch.pictureIDs, "c.png"))
        #expect(number(batch.pictureIDs, "a.png") != number(batch.pictureIDs, "b.png"))
        #expect(number(batch.captionIDs, "b.png") == number(batch.captionIDs, "c.png"))
        #expect(number(batch.captionIDs, "a.png") != number(batch.captionIDs, "b.png"))
    }

    @Test func `an unreadable picture is replaced and named`() throws {
        let maker = try makeMaker(try makeDataset(in: folder, broken: [2, 11]), batchSize: 23)
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
        let maker = try makeMaker(try makeDataset(in: folder, broken: [7]))
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
        let loader = BatchLoader(try makeMaker(try makeDataset(in: folder, broken: [7])), workers: 2)
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
