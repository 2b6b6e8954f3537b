public import Failures
import Foundation
import Storage

/// Tensors in a file, as the safetensors library stores them: mapped into memory, and checked whole when it is opened.
public struct Safetensors: ~Copyable, Sendable {
    private let file: MappedFile
    private let header: SafetensorsHeader

    /// Opens the file at `path`.
    ///
    /// - Throws: `.missingInput` where there is none, `.badData` where any length, offset or shape in its header disagrees
    ///   with the file.
    public init(_ path: String) throws(Failure) {
        let mapped = try MappedFile(path)
        header = try mapped.read { (bytes) throws(Failure) in try SafetensorsHeader(of: bytes, named: path) }
        file = mapped
    }

    /// The path that was opened, as the user wrote it.
    public var path: String { file.path }

    /// The tensors' names, sorted.
    public var names: [String] { header.entries.keys.sorted() }

    /// What the writer noted beside the tensors.
    public var metadata: [String: String] { header.metadata }

    /// The lengths of one tensor's axes, outer to inner; nil where there is no such tensor.
    public func shape(of name: String) -> [Int]? { header.entries[name]?.shape }

    /// Reads a tensor of 32-bit floats, 16-bit floats or bfloat16 numbers.
    ///
    /// - Throws: `.badData` where the tensor is missing, holds other numbers, or has another count than `floats`.
    public func read(_ name: String, into floats: inout MutableSpan<Float>) throws(Failure) {
        guard let entry = header.entries[name] else { throw refused("tensor \(name) is missing") }
        guard entry.count == floats.count else {
            throw refused("tensor \(name) has shape \(entry.shape), expected \(floats.count) numbers")
        }
        let start = entry.bytes.lowerBound
        switch entry.type {
        case .float32: file.read { $0.copyFloats(at: start, into: &floats) }
        case .float16: file.read { $0.copyHalfFloats(at: start, into: &floats) }
        case .brainFloat16: file.read { $0.copyBrainFloats(at: start, into: &floats) }
        default: throw refused("tensor \(name) holds \(entry.type.rawValue), expected F32, F16 or BF16")
        }
    }

    /// A tensor's numbers, outer to inner.
    public func floats(of name: String) throws(Failure) -> [Float] {
        var floats = [Float](repeating: 0, count: header.entries[name]?.count ?? 0)
        var span = floats.mutableSpan
        try read(name, into: &span)
        return floats
    }

    private func refused(_ why: String) -> Failure {
        Failure(.badData, "cannot read weights", at: path, because: why, try: "give weights of this model")
    }
}
