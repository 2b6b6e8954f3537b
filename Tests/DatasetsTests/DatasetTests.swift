import Failures
import Testing

@testable import Datasets

@Suite struct DatasetTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func open(share: Float = 0.1) throws -> Dataset {
        var settings = DatasetSettings()
        settings.validationShare = share
        return try Dataset.open(folder.path, settings)
    }

    @Test func `what was understood is said`() throws {
        let names = (0..<30).map { "\($0).png" }
        try folder.pictures(names)
        let rows = names.map { "\($0)\tcaption of \($0)\n" }.joined() + "no.png\tx\n0.png\tsecond\n"
        try folder.write("captions.tsv", rows)
        let dataset = try open()
        #expect(
            dataset.understood == [
                "caption table (captions.tsv: tab-separated, column 1 → picture, column 2 → caption)",
                "30 pictures, 31 captions (1 to 2 a picture, 1.0 on average)",
                "27 for training, 3 for validation (validation drawn; 0 look like another picture and stay on its side)",
                "for example 0.png: caption of 0.png", "for example 10.png: caption of 10.png",
                "for example 20.png: caption of 20.png",
                "refused 1: 1 × no such picture (first: captions.tsv:31 no.png)",
            ])
        #expect(try dataset.captions(of: [0, 1]) == ["caption of 0.png", "second", "caption of 1.png"])
    }

    @Test func `lists beside the data decide`() throws {
        try folder.pictures(["a.png", "b.png", "c.png", "d.png"])
        try folder.write("captions.tsv", "a.png\t1\nb.png\t2\nc.png\t3\nd.png\t4\n")
        try folder.write("validation.txt", "b.png\r\n")
        #expect(try open().training == [0, 2, 3])
        #expect(try open().validation == [1])
        try folder.write("train.txt", "b.png\n./d.png\nx.png\n")
        #expect(try open().training == [3])
        #expect(try Dataset.open("\(folder.path)/captions.tsv").validation == [1])
        try folder.write("validation.txt", "x.png\n")
        let failure = #expect(throws: Failure.self) { try open() }
        #expect(failure?.why == "none of its 1 lines is a picture with a caption")
    }

    @Test func `a list beside pictures with text files is a list, unless a picture has its name`() throws {
        try folder.pictures(["a.png", "b.png"])
        try folder.write("a.txt", "one")
        try folder.write("b.txt", "two")
        try folder.write("validation.txt", "b.png")
        #expect(try open().validation == [1])
        #expect(try open().skipped.isEmpty)
        try folder.pictures(["validation.png"])
        #expect(try open(share: 0).training == [0, 1, 2])
    }

    @Test func `another caption, name or list is another fingerprint`() throws {
        try folder.pictures(["a.png", "b.png"])
        try folder.write("captions.tsv", "a.png\t1\nb.png\t2\n")
        let first = try open(share: 0).fingerprint
        #expect(try open(share: 0).fingerprint == first)
        #expect(try open(share: 0.5).fingerprint != first)
        try folder.write("captions.tsv", "a.png\t1\nb.png\t3\n")
        #expect(try open(share: 0).fingerprint != first)
    }

    @Test func `data without a usable pair is one failure that says why`() throws {
        let missing = #expect(throws: Failure.self) { try Dataset.open("\(folder.path)/none") }
        #expect(missing?.kind == .missingInput)
        let empty = #expect(throws: Failure.self) { try open() }
        #expect(empty?.kind == .badData)
        try folder.write("captions.tsv", "a.png\t1\nb.png\t2\n")
        let failure = #expect(throws: Failure.self) { try open() }
        #expect(failure?.why == "no usable pair: 2 × no such picture (first: captions.tsv:1 a.png)")
        try folder.write("a.png", "no picture")
        try folder.write("b.png", [])
        #expect(throws: Failure.self) { try open() }
    }

    @Test func `pictures that look alike stay on one side`() throws {
        try folder.pictures((0..<40).map { "\($0).png" })
        try folder.pictures((0..<40).map { "copy\($0).png" })
        try folder.write("broken.png", [1, 2, 3])
        let names = (0..<40).flatMap { ["\($0).png", "copy\($0).png"] } + ["broken.png"]
        try folder.write("captions.tsv", names.map { "\($0)\tx\n" }.joined())
        let dataset = try open(share: 0.25)
        let held = Set(dataset.validation)
        #expect(dataset.validation.count == 20)
        #expect(dataset.training.count == 60)
        for picture in 0..<40 { #expect(held.contains(2 * picture) == held.contains(2 * picture + 1)) }
        #expect(dataset.skipped.map(\.name) == ["broken.png"])
        #expect(try open(share: 0.25).validation == dataset.validation)
    }

    @Test func `every reader is named and says what it takes`() {
        #expect(Set(readers.map { $0.name }).count == readers.count)
        #expect(readers.allSatisfy { !$0.looksLike.isEmpty })
    }
}

@Suite struct NearDuplicatesTests {
    @Test func `hashes within three bits are one group, also through others`() {
        let a: UInt64 = 0x0123_4567_89AB_CDEF
        #expect(NearDuplicates.groups([a, ~a, a, a ^ 0x7, a ^ 0x77, a ^ (0xF << 40)]) == [0, 1, 0, 0, 0, 4])
    }

    @Test(arguments: 0..<20) func `groups are those of comparing all with all`(seed: Int) {
        var random = SeededBits(state: UInt64(seed + 1))
        var hashes = (0..<20).map { _ in random.next() }
        for _ in 0..<60 {
            var hash = hashes[Int(random.next() % UInt64(hashes.count))]
            for _ in 0..<2 { hash ^= 1 << (random.next() % 64) }
            hashes.append(hash)
        }
        var expected = Array(hashes.indices)
        for _ in hashes {
            for i in hashes.indices {
                for j in hashes.indices where (hashes[i] ^ hashes[j]).nonzeroBitCount <= 3 {
                    expected[i] = min(expected[i], expected[j])
                }
            }
        }
        let groups = NearDuplicates.groups(hashes)
        for i in hashes.indices {
            for j in hashes.indices { #expect((groups[i] == groups[j]) == (expected[i] == expected[j])) }
        }
    }
}
