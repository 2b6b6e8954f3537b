import Failures
import Foundation
import Testing

@testable import Datasets

private let isSlow = ProcessInfo.processInfo.environment["SLOW_TESTS"] != nil

@Suite struct ReaderFuzzTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.pictures(["a.png", "b.png"])
    }

    /// Sound files that damage begins with.
    private func seeds() throws -> [(name: String, bytes: [UInt8])] {
        let tar = tarBytes([
            ("1.png", try pngBytes(1)), ("1.txt", Array("one".utf8)), ("2.json", Array("{\"text\":\"x\"}".utf8)),
        ])
        let pax = tarEntry("p", Array("20 path=some/2.json\n14 size=000012\n".utf8), kind: "x") + tar
        return [
            ("t.tsv", Array("filepath\ttitle\na.png\tone\r\nb.png\ttwo\n".utf8)),
            ("t.csv", Array("image,caption\na.png,\"one, \"\"two\"\"\"\nb.png,x\n".utf8)),
            (
                "t.jsonl",
                Array("{\"image\": \"a.png\", \"caption\": [\"one\", \"\\u0041\"]}\n{\"image\": \"b.png\"}\n".utf8)
            ),
            (
                "c.json",
                Array(
                    "{\"images\":[{\"id\":1,\"file_name\":\"a.png\"}],\"annotations\":[{\"image_id\":1,\"caption\":\"x\"}]}"
                        .utf8)
            ),
            ("s.tar", tar), ("s.tar", pax),
            ("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9]),
        ]
    }

    /// Opens what was written, whatever it is; a trap is the only way to fail.
    private func open(_ name: String, _ bytes: [UInt8]) throws {
        try folder.write(name, bytes)
        let path = "\(folder.path)/\(name)"
        for type in readers where type.recognizes(path) {
            do throws(Failure) {
                let reader = try type.init(path, ReaderSettings())
                for index in 0..<reader.count {
                    let sample = try reader.sample(at: index)
                    #expect(!sample.captions.isEmpty && sample.captions.allSatisfy { !$0.isEmpty })
                    _ = try? sample.loadPicture(atLeast: 8)
                }
            } catch { #expect(!error.why.isEmpty && !error.line.contains("\n")) }
        }
    }

    @Test(arguments: 0..<(isSlow ? 400 : 4)) func `damaged files give samples or failures`(round: Int) throws {
        try folder.write("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 1, 0])
        var random = SeededBits(state: UInt64(round + 1))
        for seed in try seeds() {
            var bytes = seed.bytes
            for _ in 0...(random.next() % 8) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next() >> 16)
                case 1: bytes[place] ^= 1 << (random.next() % 8)
                case 2: bytes.insert(contentsOf: bytes[(place / 2)...place], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            try open(seed.name, bytes)
            try open(seed.name, Array(seed.bytes.prefix(Int(random.next() % UInt64(seed.bytes.count)))))
        }
    }

    @Test(arguments: 0..<(isSlow ? 400 : 4)) func `any bytes give samples or failures`(round: Int) throws {
        var random = SeededBits(state: UInt64(round + 1_000))
        let alphabet = Array("\"\"\t,;|\n\r {}[]:a.pngx\u{FEFF}é\\".utf8) + [0, 255, 128]
        for seed in try seeds() {
            let bytes = (0..<Int(random.next() % 1_500)).map { _ in
                alphabet[Int(random.next() % UInt64(alphabet.count))]
            }
            try open(seed.name, bytes)
        }
    }
}
