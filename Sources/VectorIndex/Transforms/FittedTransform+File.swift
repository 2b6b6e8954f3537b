public import Failures
import Foundation
import Storage

/// What a transform's file says of itself, behind its numbers.
private struct TransformFooter: Codable {
    var format = 1
    var transform: String
    var inputDim: Int, outputDim: Int, mean: Int, matrix: Int  // the last two: how many numbers there are
    var checksum: UInt32  // of all before the footer

    enum CodingKeys: String, CodingKey {
        case format, transform, mean, matrix, checksum
        case inputDim = "input_dim"
        case outputDim = "output_dim"
    }
}

/// The file of a transform:
///
/// ```
/// "CLIPTFM1", padding to 64
/// mean    [inputDim] Float32, or nothing
/// matrix  [outputDim, inputDim] Float32, or nothing
/// footer  JSON; its CRC-32 and length as UInt32; "CLIPTFME"
/// ```
///
/// All numbers are little-endian; the CRC-32 of what stands before the footer is in it.
extension FittedTransform {
    private static let head = Array("CLIPTFM1".utf8), tail = Array("CLIPTFME".utf8)
    private static let start = 64, trailerSize = 16

    /// Writes the transform to `path`: whole, or not at all.
    ///
    /// - Throws: `.cannotWrite`.
    public func write(to path: String) throws(Failure) {
        let head = Self.head + [UInt8](repeating: 0, count: Self.start - Self.head.count)
        var body = Fingerprint(head)
        body.append(mean.span)
        body.append(matrix.span)
        let footer = TransformFooter(
            transform: name, inputDim: inputDim, outputDim: outputDim, mean: mean.count, matrix: matrix.count,
            checksum: body.crc32Value)
        let json = try encodeJSON(footer, for: path)
        try AtomicFile.write(to: path) { (file) throws(Failure) in
            try file.append(head)
            try file.append(mean.span)
            try file.append(matrix.span)
            try file.append(
                json + littleEndian(Fingerprint(json).crc32Value) + littleEndian(UInt32(json.count)) + Self.tail)
        }
    }

    /// Reads the transform in the file at `path`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where it is damaged or something else.
    public init(_ path: String) throws(Failure) {
        let file = try MappedFile(path)
        self = try file.read { (bytes) throws(Failure) in try Self.read(bytes, path) }
    }

    private static func read(_ bytes: RawSpan, _ path: String) throws(Failure) -> FittedTransform {
        let (footer, end) = try footer(of: bytes, path)
        let limits = 1...65_536
        guard footer.format == 1 else { throw damaged(path, "format \(footer.format), expected 1") }
        guard limits.contains(footer.inputDim), limits.contains(footer.outputDim),
            footer.outputDim <= footer.inputDim, [0, footer.inputDim].contains(footer.mean),
            [0, footer.inputDim * footer.outputDim].contains(footer.matrix),
            end == start + 4 * (footer.mean + footer.matrix)
        else { throw damaged(path, "its counts do not fit its size of \(bytes.byteCount) bytes") }
        guard Fingerprint(bytes.extracting(0..<end)).crc32Value == footer.checksum else {
            throw damaged(path, "its numbers do not match their checksum")
        }
        let matrixStart = start + 4 * footer.mean
        return FittedTransform(
            footer.transform, inputDim: footer.inputDim, outputDim: footer.outputDim,
            mean: [Float](littleEndian: bytes.extracting(start..<matrixStart)),
            matrix: [Float](littleEndian: bytes.extracting(matrixStart..<end)))
    }

    /// The footer, and where it begins.
    private static func footer(of bytes: RawSpan, _ path: String) throws(Failure) -> (TransformFooter, Int) {
        let size = bytes.byteCount, fixed = start + trailerSize
        guard size >= fixed, bytes.bytes(0..<8) == head, bytes.bytes(size - 8..<size) == tail else {
            throw damaged(path, "not a transform, or cut short at \(size) bytes")
        }
        let length = Int(bytes.integer(at: size - 12, as: UInt32.self))
        guard length <= size - fixed else { throw damaged(path, "its footer is longer than the file") }
        let end = size - trailerSize - length, json = bytes.bytes(end..<end + length)
        guard Fingerprint(json).crc32Value == bytes.integer(at: size - 16, as: UInt32.self) else {
            throw damaged(path, "its footer's checksum does not match")
        }
        guard let footer = try? JSONDecoder().decode(TransformFooter.self, from: Data(json)) else {
            throw damaged(path, "its footer cannot be read")
        }
        return (footer, end)
    }

    private static func damaged(_ path: String, _ why: String) -> Failure {
        Failure(
            .badData, "cannot open transform", at: path, because: why,
            try: "write it again with clip-index transforms --output")
    }
}
