package import Failures
import Foundation
import Storage

/// What a safetensors file says of its tensors, checked against the file's size.
///
/// The file is an unsigned 64-bit header length, the header (a JSON object: name → element type, shape, byte range), and
/// the tensors' bytes, which the ranges cover without gap or overlap (format of the safetensors library 0.7).
package struct SafetensorsHeader: Sendable {
    /// How a number is stored.
    package enum ElementType: String, Sendable, CaseIterable {
        case float32 = "F32", float16 = "F16", brainFloat16 = "BF16"
        case float64 = "F64", float8e4m3 = "F8_E4M3", float8e5m2 = "F8_E5M2"
        case int64 = "I64", int32 = "I32", int16 = "I16", int8 = "I8"
        case uint64 = "U64", uint32 = "U32", uint16 = "U16", uint8 = "U8", bool = "BOOL"

        /// Bytes of one number.
        package var size: Int {
            switch self {
            case .float64, .int64, .uint64: 8
            case .float32, .int32, .uint32: 4
            case .float16, .brainFloat16, .int16, .uint16: 2
            case .float8e4m3, .float8e5m2, .int8, .uint8, .bool: 1
            }
        }
    }

    /// One tensor of the file.
    package struct Entry: Sendable, Equatable {
        package let type: ElementType
        package let shape: [Int]
        /// Where its bytes lie, counted from the file's first byte.
        package let bytes: Range<Int>
        /// The number of elements.
        package var count: Int { bytes.count / type.size }
    }

    /// The tensors by name.
    package private(set) var entries: [String: Entry] = [:]
    /// What the writer noted beside the tensors.
    package private(set) var metadata: [String: String] = [:]

    /// Reads the header of a whole file's bytes. `place` is what a failure calls the file.
    package init(of file: RawSpan, named place: String) throws(Failure) {
        guard file.byteCount >= 8 else { throw .damaged(place, "found \(file.byteCount) bytes, expected at least 8") }
        let stored = file.integer(at: 0, as: UInt64.self)
        guard stored <= UInt64(min(file.byteCount - 8, Self.longestHeader)) else {
            throw .damaged(place, "header of \(stored) bytes in a file of \(file.byteCount)")
        }
        let start = 8 + Int(stored)
        let json = file.extracting(8..<start)
        let header = try Self.parse(Data((0..<json.byteCount).map { json.integer(at: $0, as: UInt8.self) }), place)
        metadata = header.metadata
        for (name, entry) in header.entries {
            entries[name] = try Self.checked(entry, name, start, file.byteCount, place)
        }
        try checkCoverage(from: start, to: file.byteCount, place)
    }

    /// The longest header that the reference implementation accepts, in bytes.
    private static let longestHeader = 100_000_000

    private static func parse(_ json: Data, _ place: String) throws(Failure) -> StoredHeader {
        do {
            return try JSONDecoder().decode(StoredHeader.self, from: json)
        } catch {
            throw .damaged(place, "its header is not a list of tensors in JSON")
        }
    }

    private static func checked(
        _ stored: StoredEntry, _ name: String, _ start: Int, _ end: Int, _ place: String
    ) throws(Failure) -> Entry {
        guard let type = ElementType(rawValue: stored.dtype) else {
            throw .damaged(place, "tensor \(name) has the unknown element type \(stored.dtype)")
        }
        let offsets = stored.data_offsets
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= end - start else {
            throw .damaged(place, "tensor \(name) lies at bytes \(offsets) of \(end - start)")
        }
        var size = type.size, overflows = false
        for length in stored.shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            overflows = overflows || overflow || length < 0
            size = product
        }
        guard !overflows, size == offsets[1] - offsets[0] else {
            throw .damaged(
                place,
                "tensor \(name) has \(offsets[1] - offsets[0]) bytes, its shape is \(stored.shape) \(type.rawValue)")
        }
        return Entry(type: type, shape: stored.shape, bytes: start + offsets[0]..<start + offsets[1])
    }

    /// Every byte behind the header belongs to exactly one tensor.
    private func checkCoverage(from start: Int, to end: Int, _ place: String) throws(Failure) {
        var covered = start
        let byPlace = entries.sorted {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
                < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
        }
        for (name, entry) in byPlace {
            guard entry.bytes.lowerBound == covered else {
                throw .damaged(place, "tensor \(name) begins at byte \(entry.bytes.lowerBound), expected \(covered)")
            }
            covered = entry.bytes.upperBound
        }
        guard covered == end else { throw .damaged(place, "tensors end at byte \(covered), the file at \(end)") }
    }
}

/// One tensor as the header's JSON spells it.
private struct StoredEntry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
}

/// The header's JSON: one key a tensor, and `__metadata__`.
private struct StoredHeader: Decodable {
    var entries: [String: StoredEntry] = [:]
    var metadata: [String: String] = [:]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: JSONKey.self)
        for key in container.allKeys {
            if key.stringValue == "__metadata__" {
                metadata = try container.decode([String: String].self, forKey: key)
            } else {
                entries[key.stringValue] = try container.decode(StoredEntry.self, forKey: key)
            }
        }
    }
}

extension Failure {
    fileprivate static func damaged(_ place: String, _ why: String) -> Failure {
        Failure(.badData, "cannot read weights", at: place, because: why, try: "copy or download the file again")
    }
}
