import Failures
import Storage

/// The files inside a tar archive, by offset: ustar, pax and GNU's long names. Nothing but headers is read.
///
/// POSIX.1-2017, `pax`, "ustar Interchange Format" and "pax Extended Header".
struct TarIndex {
    /// One regular file inside.
    struct Entry: Equatable {
        var name: String
        var bytes: Range<Int>  // in the archive
    }

    private(set) var entries: [Entry] = []
    /// Why reading ended before the archive did; nil if all is well.
    private(set) var defect: String?

    /// What extension headers say of the next entry.
    private struct Pending {
        var name: String?
        var size: Int?
    }

    /// Walks over the headers.
    init(_ archive: RawSpan) {
        var offset = 0, pending = Pending()
        while offset + 512 <= archive.byteCount {
            let header = TarHeader(archive.bytes(offset..<offset + 512))
            if header.isBlank { return }
            guard header.isSound, let size = header.size else {
                defect = "not a tar header at byte \(offset)"
                return
            }
            let length = "xgLK".utf8.contains(header.kind) ? size : pending.size ?? size
            let begin = offset + 512
            guard length <= archive.byteCount - begin else {
                defect = "cut short: \(header.name) needs \(length) bytes, \(archive.byteCount - begin) are left"
                return
            }
            take(header, begin..<begin + length, archive, &pending)
            let padded = length + 511
            offset = begin + padded - padded % 512
        }
        if offset < archive.byteCount { defect = "\(archive.byteCount - offset) bytes too many at the end" }
    }

    private mutating func take(_ header: TarHeader, _ body: Range<Int>, _ archive: RawSpan, _ pending: inout Pending) {
        switch header.kind {
        case UInt8(ascii: "L"):
            pending.name = String(validating: archive.bytes(body).prefix { $0 != 0 }, as: UTF8.self)
        case UInt8(ascii: "x"):
            for (key, value) in Self.records(archive.bytes(body)) {
                if key == "path" { pending.name = value }
                if key == "size", let size = Int(value), size >= 0 { pending.size = size }
            }
        case UInt8(ascii: "g"), UInt8(ascii: "K"): break
        case UInt8(ascii: "0"), UInt8(ascii: "7"), 0:
            entries.append(Entry(name: pending.name ?? header.name, bytes: body))
            pending = Pending()
        default: pending = Pending()  // folders, links, devices
        }
    }

    /// The records of a pax header: `length key=value` and a line feed, where the length counts all of it.
    private static func records(_ bytes: [UInt8]) -> [(key: String, value: String)] {
        var records: [(String, String)] = [], rest = bytes[...]
        while let space = rest.firstIndex(of: UInt8(ascii: " ")),
            let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
            length > space - rest.startIndex, length <= rest.count
        {
            let record = rest[space + 1..<rest.startIndex + length]
            if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
                let value = record[(equals + 1)...].dropLast()
                records.append(
                    (String(decoding: record[..<equals], as: UTF8.self), String(decoding: value, as: UTF8.self)))
            }
            rest = rest.dropFirst(length)
        }
        return records
    }
}

/// The 512 bytes before each file in a tar archive.
struct TarHeader {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isBlank: Bool { bytes.allSatisfy { $0 == 0 } }

    /// What the entry is: `0` for a file.
    var kind: UInt8 { bytes[156] }

    /// Whether the checksum holds: the sum of all bytes, its own eight taken as spaces.
    var isSound: Bool {
        let sum = bytes.indices.reduce(0) { $0 + (148..<156 ~= $1 ? 32 : Int(bytes[$1])) }
        return number(148..<156) == sum
    }

    /// The length of the file behind the header.
    var size: Int? { number(124..<136) }

    /// The name, with ustar's prefix.
    var name: String {
        let name = text(0..<100)
        let isUstar = bytes[257..<263].elementsEqual("ustar\u{0}".utf8)  // GNU's ends with a space, and has no prefix
        let prefix = isUstar ? text(345..<500) : ""
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits, or GNU's big-endian binary behind a byte 0x80; nil if it is neither or does not fit.
    private func number(_ range: Range<Int>) -> Int? {
        if bytes[range.lowerBound] == 0x80 {
            let digits = bytes[range].dropFirst()
            guard digits.dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
            return digits.suffix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        let digits = bytes[range].drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
        return digits.isEmpty
            ? nil : Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
    }
}
