import Failures
import Foundation
import Storage

/// The bytes of a small file of settings.
func jsonFile(_ path: String) throws(Failure) -> Data {
    try MappedFile(path).read { bytes in Data((0..<bytes.byteCount).map { bytes.integer(at: $0, as: UInt8.self) }) }
}

/// Settings from JSON; a key that is missing or of the wrong kind is named. `place` is what a failure calls the file.
func decoded<T: Decodable>(_ type: T.Type, from json: Data, named place: String) throws(Failure) -> T {
    do {
        return try JSONDecoder().decode(type, from: json)
    } catch {
        throw .settings(place, sentence(error))
    }
}

/// Writes settings as JSON with sorted keys, so that equal settings give equal bytes.
func writeJSON(_ settings: some Encodable, to path: String) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
        try AtomicFile.write(Array(encoder.encode(settings)) + [UInt8(ascii: "\n")], to: path)
    } catch let failure as Failure {
        throw failure
    } catch {
        throw Failure(.bug, "cannot write settings", at: path, because: "\(error)", try: "report this line")
    }
}

private func sentence(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): "\(name(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
        "\(name(context.codingPath)) is not of the expected kind"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
        "\(name(context.codingPath)) is not known here, or its value is not"
    default: "it is not JSON"
    }
}

private func name(_ path: [any CodingKey]) -> String {
    path.isEmpty ? "it" : path.map(\.stringValue).joined(separator: ".")
}
