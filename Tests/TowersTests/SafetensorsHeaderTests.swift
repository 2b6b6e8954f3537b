import Failures
import Tensors
import Testing

@testable import Towers

@Suite struct SafetensorsHeaderTests {
    private func parse(_ file: [UInt8]) throws(Failure) -> SafetensorsHeader {
        try SafetensorsHeader(of: unsafe file.span.bytes, named: "weights")
    }

    private static let good =
        #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#
        + #""b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}"#
    private static let nineBytes = [UInt8](repeating: 0, count: 9)

    @Test func `entries say type, shape and place in the file`() throws {
        let header = try parse(safetensors(Self.good, Self.nineBytes))
        let start = 8 + Self.good.utf8.count
        #expect(header.entries["a"] == .init(type: .float32, shape: [1, 2], bytes: start..<start + 8))
        #expect(header.entries["b"] == .init(type: .uint8, shape: [], bytes: start + 8..<start + 9))
        #expect(header.metadata == ["format": "pt"])
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,  // a gap at the end
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#,  // a gap at the start
        #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#,  // beyond the file
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#,  // bytes and shape disagree
        #"{"a":{"dtype":"F99","shape":[9],"data_offsets":[0,9]}}"#,  // an unknown type
        #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
        #"{"a":{"dtype":"U8","shape":[-3,-3],"data_offsets":[0,9]}}"#,
        #"{"a":{"dtype":"U8","shape":[4294967296,4294967296,9],"data_offsets":[0,9]}}"#,  // 2⁶⁴·9 overflows to 0
        #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[9,0]}}"#,
        #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[-9,0]}}"#,
        #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9,9]}}"#,
        #"{"a":{"dtype":"U8","shape":[9.5],"data_offsets":[0,9]}}"#,
        #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,99999999999999999999]}}"#,
        #"{"a":{"dtype":"U8","shape":[9]}}"#, #"{"a":9}"#, "[]", "", "{", "null", #"{"__metadata__":{"a":1}}"#,
    ]) func `a header that disagrees with the file is refused`(header: String) {
        #expect(throws: Failure.self) { try parse(safetensors(header, Self.nineBytes)) }
    }

    @Test func `a file that ends anywhere too early is refused`() {
        let file = safetensors(Self.good, Self.nineBytes)
        for length in 0..<file.count {
            #expect(throws: Failure.self) { try parse(Array(file[..<length])) }
        }
    }

    @Test func `a header length beyond the file is refused`() {
        for length: UInt64 in [.max, 1 << 63, 1 << 40, 100_000_001, 200] {
            let head = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
            #expect(throws: Failure.self) { try parse(head + Array(Self.good.utf8)) }
        }
    }

    @Test func `any byte changed gives a header or a failure, and what is read lies in the file`() {
        let file = safetensors(Self.good, Self.nineBytes)
        var random = SeededRandom(seed: 1, purpose: .test), read = 0
        for _ in 0..<3000 {
            var damaged = file
            for _ in 0...random.index(below: 3) {
                damaged[random.index(below: file.count)] = UInt8(random.index(below: 256))
            }
            guard let header = try? parse(damaged) else { continue }
            read += 1
            for entry in header.entries.values {
                #expect(entry.bytes.upperBound <= damaged.count)
                #expect(entry.shape.reduce(1, *) == entry.count)
            }
        }
        #expect(read > 0)  // changes within the numbers do no harm
    }

    @Test func `any bytes give a header or a failure`() {
        for seed in 0..<200 {
            var random = SeededRandom(seed: UInt64(seed), purpose: .test)
            let count = random.index(below: 300)
            var bytes = (0..<count).map { _ in UInt8(random.index(below: 256)) }
            if count > 8 {
                bytes.replaceSubrange(
                    0..<8, with: [UInt8(min(random.index(below: count - 7), 255)), 0, 0, 0, 0, 0, 0, 0])
            }
            _ = try? parse(bytes)
        }
    }
}
