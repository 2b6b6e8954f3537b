package import Failures
import Foundation
import Storage

/// A file of JSON objects, one a line, that grows while a run goes on.
struct JSONLog: ~Copyable {
    private let handle: FileHandle
    private let path: String
    /// Bytes written so far: what a checkpoint remembers, so that a resumed run drops the lines that it will write again.
    private(set) var count: Int

    /// Opens `path`, keeping its first `kept` bytes.
    init(_ path: String, keeping kept: Int) throws(Failure) {
        (handle, count) = try Self.open(path, keeping: kept)
        self.path = path
    }

    private static func open(_ path: String, keeping kept: Int) throws(Failure) -> (FileHandle, Int) {
        if !FileManager.default.fileExists(atPath: path) { try AtomicFile.write("", to: path) }
        errno = 0
        guard let handle = FileHandle(forWritingAtPath: path) else { throw .writing(path, errno) }
        do {
            let count = min(kept, Int(try handle.seekToEnd()))
            try handle.truncate(atOffset: UInt64(count))
            try handle.seek(toOffset: UInt64(count))
            return (handle, count)
        } catch {
            throw .writing(path, errno)
        }
    }

    /// Appends one line.
    mutating func append(_ value: some Encodable) throws(Failure) {
        let line = try JSONText.line(value) + "\n"
        errno = 0
        do {
            try handle.write(contentsOf: Data(line.utf8))
        } catch {
            throw .writing(path, errno)
        }
        count += line.utf8.count
    }
}

/// Values as JSON text with snake-case keys in a fixed order.
package enum JSONText {
    /// One line, without its end.
    ///
    /// - Throws: `.bug` where a number is not finite.
    package static func line(_ value: some Encodable) throws(Failure) -> String { try text(value, []) }

    /// Several lines, for people.
    static func pretty(_ value: some Encodable) throws(Failure) -> String { try text(value, .prettyPrinted) + "\n" }

    /// The value that the file at `path` holds.
    static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws(Failure) -> Value {
        guard let json = FileManager.default.contents(atPath: path) else { throw .reading(path, errno) }
        return try read(type, json, named: path)
    }

    /// The value that `json` holds.
    ///
    /// - Throws: `.badData` with the field that is missing or of another kind.
    static func read<Value: Decodable>(
        _ type: Value.Type, _ json: Data, named place: String
    ) throws(Failure) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: json)
        } catch {
            throw Failure(
                .badData, "cannot read run", at: place, because: sentence(error), try: "give the folder of a run")
        }
    }

    private static func sentence(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is not of the expected kind"
        default: "it is not JSON"
        }
    }

    private static func text(
        _ value: some Encodable, _ style: JSONEncoder.OutputFormatting
    ) throws(Failure) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = style.union([.sortedKeys, .withoutEscapingSlashes])
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw Failure(
                .bug, "cannot write JSON", at: "\(type(of: value))", because: "\(error)", try: "report this line")
        }
    }
}
