public import Failures
import Foundation

/// A matrix of floats in a file of NumPy, `.npy`, memory-mapped: `[rows, width]`, 32 or 16 bit, row by row.
///
/// The format: NumPy Enhancement Proposal 1. Every size is checked against the file before it is used.
public struct NumPyFile: Sendable {
    /// The number of rows and the length of each.
    public let rowCount, width: Int
    /// What a failure calls it.
    public let path: String
    private let isHalf: Bool
    private let start: Int
    private let file: Mapped

    private final class Mapped: Sendable {
        let bytes: MappedFile
        init(_ bytes: consuming MappedFile) { self.bytes = bytes }
    }

    /// Opens the file at `path`.
    ///
    /// - Throws: `.missingInput`, or `.badData` where it is no such matrix or of another length than it says.
    public init(_ path: String) throws(Failure) {
        let mapped = Mapped(try MappedFile(path))
        let (header, start) = try mapped.bytes.read { (bytes) throws(Failure) in try Self.header(bytes, path) }
        let shape = Self.numbers(in: Self.value("shape", of: header) ?? "")
        guard shape.count == 2, shape[0] > 0, shape[1] > 0, shape[1] <= 1 << 20, shape[0] <= 1 << 40 else {
            throw Self.refused(path, "its shape is \(shape), expected rows and columns")
        }
        let type = Self.value("descr", of: header)?.filter { $0 != "'" } ?? ""
        guard ["<f4", "<f2"].contains(type) else {
            throw Self.refused(path, "its numbers are \(type), expected <f4 or <f2")
        }
        guard Self.value("fortran_order", of: header) == "False" else {
            throw Self.refused(path, "it lies column by column, expected row by row")
        }
        (rowCount, width, isHalf) = (shape[0], shape[1], type == "<f2")
        let expected = start + rowCount * width * (isHalf ? 2 : 4), found = mapped.bytes.count
        guard found == expected else { throw Self.refused(path, "it has \(found) bytes, its header says \(expected)") }
        (self.path, self.start, file) = (path, start, mapped)
    }

    /// One row.
    public func row(_ number: Int) -> [Float] {
        precondition(number >= 0 && number < rowCount, "row \(number) of \(rowCount)")
        var row = [Float](repeating: 0, count: width), floats = row.mutableSpan
        file.bytes.read { bytes in
            if isHalf {
                bytes.copyHalfFloats(at: start + 2 * number * width, into: &floats)
            } else {
                bytes.copyFloats(at: start + 4 * number * width, into: &floats)
            }
        }
        return row
    }

    /// The dictionary in the header, and where the numbers begin.
    private static func header(_ bytes: RawSpan, _ path: String) throws(Failure) -> (String, Int) {
        guard bytes.byteCount >= 12, bytes.bytes(0..<6) == [0x93] + Array("NUMPY".utf8) else {
            throw refused(path, "it does not begin as such a file does")
        }
        let isShort = bytes.byte(at: 6) == 1, start = isShort ? 10 : 12
        let length = isShort ? Int(bytes.integer(at: 8, as: UInt16.self)) : Int(bytes.integer(at: 8, as: UInt32.self))
        guard start + length <= bytes.byteCount else {
            throw refused(path, "it has \(bytes.byteCount) bytes, its header alone \(start + length)")
        }
        return (String(decoding: bytes.bytes(start..<start + length), as: UTF8.self), start + length)
    }

    /// What stands behind a key of the header's dictionary: a word, or all between parentheses.
    private static func value(_ key: String, of header: String) -> String? {
        guard let found = header.range(of: "'\(key)':") else { return nil }
        let rest = header[found.upperBound...].drop { $0 == " " }
        return String(
            rest.first == "(" ? rest.dropFirst().prefix { $0 != ")" } : rest.prefix { $0 != "," && $0 != "}" })
    }

    private static func numbers(in text: String) -> [Int] {
        text.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    }

    private static func refused(_ path: String, _ why: String) -> Failure {
        Failure(
            .badData, "cannot read vectors", at: path, because: why,
            try: "give what numpy.save writes of a matrix of 32-bit floats")
    }

    /// The header of a file of numbers, padded so that they lie on a multiple of 64 bytes.
    static func header(shape: [Int], type: String) -> [UInt8] {
        let sides = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        let words = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sides)), }"
        let padding = (64 - (10 + words.utf8.count + 1) % 64) % 64, length = words.utf8.count + padding + 1
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length % 256), UInt8(length / 256)] + Array(words.utf8)
            + [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
    }
}

extension OutputFile {
    /// Begins a file of NumPy that holds `rows` rows of `width` 32-bit floats; they are to be appended behind.
    public mutating func appendNumPyHeader(rows: Int, width: Int) throws(Failure) {
        try append(NumPyFile.header(shape: [rows, width], type: "<f4"))
    }

    /// Begins a file of NumPy that holds 64-bit integers of this shape; they are to be appended behind, little-endian.
    public mutating func appendNumPyHeader(ofIntegers shape: [Int]) throws(Failure) {
        try append(NumPyFile.header(shape: shape, type: "<i8"))
    }
}
