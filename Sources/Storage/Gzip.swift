import CZlib
package import Failures
import Foundation

/// Reads gzip files through zlib.
package enum Gzip {
    /// The inflated bytes of the gzip file at `path`; a file that is not compressed is given as it is.
    ///
    /// - Throws: `.badData` where the file is damaged, cut short, or holds more than `limit` bytes.
    package static func inflated(_ path: String, limit: Int = 1 << 30) throws(Failure) -> [UInt8] {
        guard let file = unsafe gzopen(path, "rb") else { throw .reading(path, errno) }
        defer { _ = unsafe gzclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            // The buffer outlives the call, and zlib writes at most `count` bytes of it.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe gzread(file, $0.baseAddress, UInt32($0.count)) }
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<Int(count)])
            guard bytes.count <= limit else { throw damaged(path, "more than \(limit) bytes inside") }
        }
        var code: Int32 = 0
        unsafe gzerror(file, &code)
        guard code == Z_OK || code == Z_STREAM_END else { throw damaged(path, "the compressed data is cut or damaged") }
        return bytes
    }

    private static func damaged(_ path: String, _ reason: String) -> Failure {
        Failure(.badData, "cannot inflate", at: path, because: reason, try: "fetch the file again")
    }
}
