public import Failures
import Foundation
import Storage

extension Safetensors {
    /// One tensor to be written.
    public struct Part: Sendable {
        /// The name in the file.
        public let name: String
        /// The shape in the file, outer to inner.
        public let shape: [Int]
        /// Where its floats lie in the span that is written from.
        public let range: Range<Int>
        /// Whether the floats lie in memory column by column: as `[shape[1], shape[0]]`.
        public let isTransposed: Bool

        /// A tensor whose floats lie at `range`.
        public init(_ name: String, _ shape: [Int], at range: Range<Int>, transposed: Bool = false) {
            precondition(
                shape.reduce(1, *) == range.count && (!transposed || shape.count == 2), "\(name): \(shape) in \(range)")
            self.name = name
            self.shape = shape
            self.range = range
            isTransposed = transposed
        }
    }

    /// Writes `parts` of `floats` as 32-bit floats, in the order of their names; equal parts give equal bytes.
    ///
    /// - Throws: `.cannotWrite`; then the file at `path` is what it was.
    public static func write(_ parts: [Part], of floats: Span<Float>, to path: String) throws(Failure) {
        let parts = parts.sorted { $0.name < $1.name }
        try AtomicFile.write(to: path) { (file) throws(Failure) in
            try file.append(header(of: parts))
            for part in parts {
                if part.isTransposed {
                    try file.append(transposed(part, floats).span)
                } else {
                    try file.append(floats.extracting(part.range))
                }
            }
        }
    }

    /// Header length, header, and spaces up to a multiple of eight bytes, so that mapped floats are aligned.
    private static func header(of parts: [Part]) -> [UInt8] {
        // The format name is what transformers asks for before it opens a file.
        var entries = [#""__metadata__":{"format":"pt"}"#], offset = 0
        for part in parts {
            let end = offset + 4 * part.range.count
            let shape = part.shape.map(String.init).joined(separator: ",")
            entries.append(
                #"\#(quoted(part.name)):{"dtype":"F32","shape":[\#(shape)],"data_offsets":[\#(offset),\#(end)]}"#)
            offset = end
        }
        var json = Array("{\(entries.joined(separator: ","))}".utf8)
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        let length = UInt64(json.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + json
    }

    /// `text` as a JSON string.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.value < 32: "\\u00" + String(scalar.value + 256, radix: 16).dropFirst()
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }

    private static func transposed(_ part: Part, _ floats: Span<Float>) -> [Float] {
        let source = floats.extracting(part.range), rows = part.shape[0], columns = part.shape[1]
        var result = [Float](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for column in 0..<columns { result[row * columns + column] = source[column * rows + row] }
        }
        return result
    }
}
