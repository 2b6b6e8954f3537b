import Failures
import Storage
import Testing

@Suite struct RecordFileTests {
    private let folder: TestFolder
    private var path: String { "\(folder.path)/records" }

    init() throws { folder = try TestFolder() }

    private func open(purpose: String = "a", limit: Int = 1 << 16) throws -> RecordFile {
        try RecordFile(path, purpose: purpose, limit: limit)
    }

    private func content(_ file: RecordFile, _ key: String) -> [UInt8]? {
        file.read(key) { bytes in
            (0..<bytes.byteCount).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        }
    }

    /// Three records, and where they end.
    private func write() throws -> Int {
        let file = try open()
        for number in 1...3 { file.append("key \(number)", [UInt8](repeating: UInt8(number), count: 100 * number)) }
        return try MappedFile(path).count
    }

    @Test func `what was appended is found again, also when the file is opened anew`() throws {
        _ = try write()
        let file = try open()
        #expect(file.count == 3 && !file.isFull)
        #expect(content(file, "key 2") == [UInt8](repeating: 2, count: 200))
        #expect(content(file, "key 4") == nil)
    }

    @Test func `a file that was cut off anywhere keeps the records before, and takes further ones`() throws {
        let size = try write(), bytes = try MappedFile(path).copy()
        for length in 0..<size {
            try folder.write("records", Array(bytes.prefix(length)))
            let file = try open()
            #expect(file.count < 3)
            file.append("key 3", [7])
            #expect(content(file, "key 3") == [7])
        }
    }

    @Test func `damaged content is not lent`() throws {
        let size = try write()
        var bytes = try MappedFile(path).copy()
        bytes[size - 5] ^= 1
        try folder.write("records", bytes)
        let file = try open()
        #expect(content(file, "key 3") == nil && content(file, "key 1")?.count == 100)
        file.append("key 3", [9])
        #expect(content(file, "key 3") == [9])
    }

    @Test func `another purpose begins with nothing`() throws {
        _ = try write()
        #expect(try open(purpose: "b").count == 0)
        #expect(try open().count == 0)
    }

    @Test func `the limit is kept`() throws {
        let file = try open()
        for number in 0..<100 { file.append("\(number)", [UInt8](repeating: 1, count: 1000)) }
        #expect(file.isFull && (50..<66).contains(file.count))
        #expect(try MappedFile(path).count <= 1 << 16)
        #expect(content(file, "0")?.count == 1000)
    }

    @Test func `two at once are refused`() throws {
        let file = try open()
        #expect(throws: Failure.self) { try open() }
        #expect(file.count == 0)
    }
}
