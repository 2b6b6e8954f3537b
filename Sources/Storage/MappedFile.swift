public import Failures
import Foundation

/// A file's bytes, memory-mapped for reading; unmapped when the value leaves scope.
///
/// The pages are shared with the system's cache: opening a large file costs no memory until it is read.
@safe public struct MappedFile: ~Copyable, @unchecked Sendable {
    // Sendable: the mapping is private, read-only and owned by this value.
    private let bytes: UnsafeRawBufferPointer
    /// The path that was opened, as the user wrote it.
    public let path: String

    /// Maps the file at `path`.
    ///
    /// - Throws: `.missingInput` where there is no such file, `.readWrite` where it cannot be read.
    public init(_ path: String) throws(Failure) {
        self.path = path
        unsafe bytes = try unsafe Self.map(path)
    }

    private static func map(_ path: String) throws(Failure) -> UnsafeRawBufferPointer {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .reading(path, errno) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .reading(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(
                .badData, "cannot read", at: path, because: "not a regular file", try: "give the path of a file")
        }
        let size = Int(status.st_size)
        guard size > 0 else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        guard let base = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), unsafe base != MAP_FAILED else {
            throw .reading(path, errno)
        }
        return unsafe UnsafeRawBufferPointer(start: base, count: size)
    }

    deinit {
        if let base = unsafe bytes.baseAddress { unsafe munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }

    /// The file's size in bytes.
    public var count: Int { unsafe bytes.count }

    /// Lends the bytes.
    public func read<Result, E: Error>(_ body: (RawSpan) throws(E) -> Result) throws(E) -> Result {
        try body(unsafe bytes.bytes)
    }
}
