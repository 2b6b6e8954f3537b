public import Failures
import Foundation
import Storage

/// What another model made of pictures: one vector each, by path.
///
/// The vectors are a matrix in a file of NumPy, `x.npy`; the paths of its rows lie beside it, one a line, in `x.txt`: as the
/// data set has them, or absolute.
public struct TeacherVectors: Sendable {
    /// Length of a vector.
    public var width: Int { file.width }
    /// Tells the vectors from others.
    public let fingerprint: String
    private let file: NumPyFile
    private let rows: [String: Int]

    /// Opens both files.
    ///
    /// - Throws: `.missingInput`, or `.badData` where they are damaged or do not belong together.
    public init(_ path: String) throws(Failure) {
        let list = (path as NSString).deletingPathExtension + ".txt"
        file = try NumPyFile(path)
        let bytes = try MappedFile(list).read { $0.bytes(0..<$0.byteCount) }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let paths = lines.last == "" ? lines.dropLast() : lines[...]
        guard paths.count == file.rowCount else {
            throw Failure(
                .badData, "cannot use vectors", at: path,
                because: "it has \(file.rowCount) rows, and \(list) has \(paths.count) paths",
                try: "give one path a line, in the order of the rows")
        }
        rows = Dictionary(paths.enumerated().map { (String($1), $0) }) { first, _ in first }
        fingerprint = "\(Fingerprint(bytes)) \(try MappedFile(path).read { Fingerprint($0) })"
    }

    /// The row of a sample's picture; nil where there is none.
    func row(of sample: Sample) -> Int? {
        if let row = rows[sample.name] { return row }
        guard case .file(let path) = sample.picture else { return nil }
        let url = URL(fileURLWithPath: path)
        return rows[url.standardizedFileURL.path] ?? rows[url.resolvingSymlinksInPath().path]
    }

    /// One vector, of length 1.
    func vector(_ row: Int) -> [Float] {
        let vector = file.row(row), length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }

    /// Those of `indices` whose picture has a vector; and the others.
    ///
    /// - Throws: `.badData` where fewer than two have one.
    public func known(_ indices: [Int], of dataset: Dataset) throws(Failure) -> ([Int], [Skipped]) {
        var known: [Int] = [], skipped: [Skipped] = []
        for index in indices {
            let sample = try dataset.sample(at: index)
            if row(of: sample) != nil {
                known.append(index)
            } else {
                skipped.append(Skipped(name: sample.name, reason: "the teacher has no vector of it"))
            }
        }
        guard known.count >= 2 else {
            throw Failure(
                .badData, "cannot use vectors", at: file.path,
                because: "\(known.count) of \(indices.count) pictures have one"
                    + (skipped.first.map { " (none: \($0.name))" } ?? ""),
                try: "list the pictures by the paths that the data has")
        }
        return (known, skipped)
    }
}
