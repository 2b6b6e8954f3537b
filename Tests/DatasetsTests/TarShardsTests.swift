import Failures
import Images
import Storage
import Testing

@testable import Datasets

@Suite struct TarShardsTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func open(_ bytes: [UInt8], _ settings: ReaderSettings = ReaderSettings()) throws -> TarShards {
        try folder.write("s.tar", bytes)
        return try TarShards(folder.path, settings)
    }

    @Test func `files of one base name are a sample`() throws {
        let shard = tarBytes([
            ("x/1.png", try pngBytes(1)), ("x/1.txt", Array("one\n\n two \n".utf8)),
            ("x/2.json", Array("{\"caption\": \"three\", \"n\": {}}".utf8)), ("x/2.seg.jpg", try pngBytes(2)),
        ])
        let reader = try open(shard)
        #expect(try reader.pairs() == ["s.tar/x/1.png": ["one", "two"], "s.tar/x/2.seg.jpg": ["three"]])
        #expect(try reader.sample(at: 0).loadPicture(atLeast: nil).picture.width == 16)
        let second = Fingerprint(try pngBytes(2))
        #expect(try reader.sample(at: 1).loadPicture(atLeast: nil).fingerprint == second)
    }

    @Test func `an asked key chooses the caption`() throws {
        var settings = ReaderSettings()
        settings.csvCaptionKey = "alt"
        let shard = tarBytes([
            ("1.png", []), ("1.txt", Array("no".utf8)),
            ("1.json", Array("{\"caption\": \"no\", \"alt\": \"yes\"}".utf8)),
        ])
        #expect(try open(shard, settings).pairs() == ["s.tar/1.png": ["yes"]])
    }

    @Test func `long names come from GNU's, pax's and ustar's own headers`() throws {
        let long = String(repeating: "n", count: 150)
        let record = " path=\(long)/2.png\n", pax = "\(record.utf8.count + 3)\(record)"
        let shard =
            tarEntry("././@LongLink", Array("\(long)/1.png\u{0}".utf8), kind: "L") + tarEntry("cut", [1])
            + tarEntry("pax", Array(pax.utf8), kind: "x") + tarEntry("cut", [2])
            + tarEntry("global", Array(pax.utf8), kind: "g") + tarEntry("folder/", [], kind: "5")
            + tarEntry("3.png", [3], prefix: long)
        try folder.write("s.tar", shard)
        let index = try MappedFile("\(folder.path)/s.tar").read { TarIndex($0) }
        #expect(index.entries.map(\.name) == ["\(long)/1.png", "\(long)/2.png", "\(long)/3.png"])
        #expect(index.defect == nil)
    }

    @Test func `incomplete samples are skipped`() throws {
        let reader = try open(tarBytes([("1.png", []), ("2.txt", Array("x".utf8)), ("3.png", []), ("3.txt", [10])]))
        #expect(reader.count == 0)
        #expect(reader.skipped.map(\.name) == ["s.tar/1.png", "s.tar/2", "s.tar/3.png"])
        #expect(reader.reasons == ["no caption", "no picture", "no caption"])
    }

    @Test func `a shard that is cut short gives what is whole, and says so`() throws {
        let files: [(name: String, bytes: [UInt8])] = [
            ("1.png", try pngBytes(1)), ("1.txt", Array("one".utf8)), ("2.png", [UInt8](repeating: 1, count: 2000)),
        ]
        let reader = try open(Array(tarBytes(files, ending: false).dropLast(1000)))
        #expect(try reader.pairs() == ["s.tar/1.png": ["one"]])
        #expect(reader.reasons == ["cut short: 2.png needs 2000 bytes, 1048 are left"])
    }

    @Test func `a damaged header ends the shard`() throws {
        var shard = tarBytes([("1.png", []), ("1.txt", Array("one".utf8)), ("2.png", [])])
        shard[1536] = 0x41
        #expect(try open(shard).reasons == ["not a tar header at byte 1536"])
    }

    @Test func `sizes of more than eleven octal digits are read in binary`() throws {
        var header = [UInt8](repeating: 0, count: 512)
        header[124] = 0x80
        header[134] = 1
        header[135] = 2
        #expect(TarHeader(header).size == 258)
        header[125] = 1
        #expect(TarHeader(header).size == nil)
    }
}
