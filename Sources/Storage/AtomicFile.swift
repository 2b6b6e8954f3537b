public import Failures
import Foundation

/// Writes files so that the final name never shows a half-written one: beside its place, flushed, then renamed onto it.
public enum AtomicFile {
    /// Writes `bytes` to `path`, replacing what was there.
    ///
    /// - Throws: `.cannotWrite`; then nothing under the final name has changed and no temporary file is left.
    public static func write(_ bytes: some Collection<UInt8>, to path: String) throws(Failure) {
        try write(to: path) { (file) throws(Failure) in try file.append(bytes) }
    }

    /// Writes `text` to `path` as UTF-8, replacing what was there.
    public static func write(_ text: String, to path: String) throws(Failure) { try write(Array(text.utf8), to: path) }

    /// Lends a new file that takes the name `path` only if `body` succeeds.
    public static func write(to path: String, _ body: (inout OutputFile) throws(Failure) -> Void) throws(Failure) {
        let temporary = "\(path).writing-\(getpid())"
        do throws(Failure) {
            var file = try OutputFile(temporary, named: path)
            try body(&file)
            try file.finish()
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let code = errno
            unsafe unlink(temporary)
            throw .writing(path, code)
        }
        try syncFolder(of: path)
    }

    /// Makes the folder `path` and those above it, where they are missing.
    public static func makeFolder(_ path: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .writing(path, errno == 0 ? EACCES : errno)
        }
    }

    /// Flushes the folder's own entry, so that a rename survives a power cut.
    private static func syncFolder(of path: String) throws(Failure) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = unsafe open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// A file that is being written, in order, through one buffer.
public struct OutputFile: ~Copyable {
    private let descriptor: Int32
    private let name: String  // what a failure calls it
    private var buffer: [UInt8] = []
    /// Bytes appended so far.
    public private(set) var count = 0

    init(_ path: String, named name: String) throws(Failure) {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        self.name = name
        guard descriptor >= 0 else { throw .writing(name, errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends bytes.
    public mutating func append(_ bytes: some Collection<UInt8>) throws(Failure) {
        buffer.append(contentsOf: bytes)
        count += bytes.count
        if buffer.count >= 1 << 20 { try flush() }
    }

    /// Appends bytes, such as another file's.
    public mutating func append(_ bytes: RawSpan) throws(Failure) {
        try flush()
        count += bytes.byteCount
        try put(bytes)
    }

    /// Appends the floats of `span`, little-endian.
    public mutating func append(_ span: Span<Float>) throws(Failure) {
        try flush()
        count += span.count * 4
        try put(unsafe span.bytes)
    }

    mutating func finish() throws(Failure) {
        try flush()
        guard fsync(descriptor) == 0 else { throw .writing(name, errno) }
    }

    private mutating func flush() throws(Failure) {
        guard !buffer.isEmpty else { return }
        try put(unsafe buffer.span.bytes)
        buffer.removeAll(keepingCapacity: true)
    }

    private func put(_ bytes: RawSpan) throws(Failure) {
        var written = 0
        while written < bytes.byteCount {
            let rest = bytes.extracting(droppingFirst: written)
            let n = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if n < 0 && errno == EINTR { continue }
            guard n >= 0 else { throw .writing(name, errno) }
            written += n
        }
    }
}
