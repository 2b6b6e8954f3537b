import Failures
import Foundation
import Tensors
import Testing
import Towers

@Suite struct SafetensorsTests {
    private let floats: [Float] = [1, -2, 0.5, .infinity, 1e-30, 6]

    private func written(_ parts: [Safetensors.Part], _ folder: String) throws -> String {
        let path = "\(folder)/model.safetensors"
        try Safetensors.write(parts, of: floats.span, to: path)
        return path
    }

    @Test func `what was written is read`() throws {
        try withTemporaryFolder { folder in
            let path = try written([.init("b", [2, 2], at: 2..<6), .init("a", [2], at: 0..<2)], folder)
            let file = try Safetensors(path)
            #expect(file.names == ["a", "b"])
            #expect(file.metadata == ["format": "pt"])
            #expect(file.shape(of: "b") == [2, 2])
            #expect(try file.floats(of: "a") == [1, -2])
            #expect(try file.floats(of: "b") == [0.5, .infinity, 1e-30, 6])
        }
    }

    @Test func `a transposed part is written row by row`() throws {
        try withTemporaryFolder { folder in
            let path = try written([.init("a", [3, 2], at: 0..<6, transposed: true)], folder)
            #expect(try Safetensors(path).floats(of: "a") == [1, .infinity, -2, 1e-30, 0.5, 6])
        }
    }

    @Test func `floats begin at a multiple of eight bytes, whatever the names`() throws {
        try withTemporaryFolder { folder in
            for name in ["a", "ab", "abc", "a\"\\\n\u{1}é😀"] {
                let path = try written([.init(name, [], at: 0..<1)], folder)
                #expect(try Safetensors(path).names == [name])
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                #expect(bytes.count % 8 == 4)
            }
        }
    }

    @Test func `the order of the parts does not matter`() throws {
        try withTemporaryFolder { folder in
            let parts: [Safetensors.Part] = [.init("b", [1], at: 0..<1), .init("a", [1], at: 1..<2)]
            let first = try Data(contentsOf: URL(fileURLWithPath: written(parts, folder)))
            let second = try Data(contentsOf: URL(fileURLWithPath: written(parts.reversed(), folder)))
            #expect(first == second)
        }
    }

    @Test func `half floats and brain floats are read as floats`() throws {
        let header =
            #"{"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"#
            + #""b":{"dtype":"BF16","shape":[2],"data_offsets":[6,10]}}"#
        let body: [UInt8] = [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0x80, 0x3F, 0x49, 0xC0]
        try withTemporaryFolder { folder in
            let path = "\(folder)/half.safetensors"
            try Data(safetensors(header, body)).write(to: URL(fileURLWithPath: path))
            let file = try Safetensors(path)
            #expect(try file.floats(of: "h") == [1, -2, 0x1p-24])
            #expect(try file.floats(of: "b") == [1, -3.140625])
        }
    }

    @Test func `a missing tensor, another count and other numbers are refused by name`() throws {
        let header = #"{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#
        try withTemporaryFolder { folder in
            let path = "\(folder)/ids.safetensors"
            try Data(safetensors(header, [UInt8](repeating: 0, count: 8))).write(to: URL(fileURLWithPath: path))
            let file = try Safetensors(path)
            for (name, count) in [("weight", 1), ("ids", 2), ("ids", 1)] {
                var floats = [Float](repeating: 0, count: count)
                var span = floats.mutableSpan
                do throws(Failure) {
                    try file.read(name, into: &span)
                    Issue.record("\(name) was read")
                } catch {
                    #expect(error.kind == .badData && error.line.contains(name) && error.line.contains(path))
                }
            }
        }
    }

    @Test func `a missing file is a missing input`() {
        #expect(throws: Failure.self) { _ = try Safetensors("/no/such/file").names }
    }
}

/// A file of this header and these bytes of tensors.
func safetensors(_ header: String, _ body: [UInt8]) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header.utf8 + body
}
