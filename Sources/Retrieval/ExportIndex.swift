public import Failures
import Foundation
import Storage
import VectorIndex

/// Writes an index into a file, or folder, of another program. Returns how many embeddings it holds.
///
/// - Throws: `.badSettings` where neither `format` nor the name tells what it shall be; `.cannotWrite`.
public func exportIndex(_ folder: String, to path: String, format name: String? = nil) throws(Failure) -> Int {
    let contents = try IndexContents(folder)
    let format: (any VectorFormat.Type)? =
        if let name { vectorFormats.first { $0.name == name } } else { vectorFormats.first { $0.isNamed(path) } }
    guard let format else {
        throw Failure(
            .badSettings, "cannot export", at: path, because: "its name does not tell what it shall be",
            try: "say it with --format: \(vectorFormats.map { $0.name }.joined(separator: ", "))")
    }
    let notes = try contents.notes(of: contents.vectors.ids)
    try format.write(VectorExport(contents.vectors, notes: notes, isOfTexts: contents.kind == .texts), to: path)
    return contents.vectors.count
}

extension VectorFormat {
    fileprivate static func isNamed(_ path: String) -> Bool { endings.contains { path.lowercased().hasSuffix($0) } }
}

/// Writes the `k` nearest others of every embedding of an index, in the order of their numbers.
///
/// A name with `.jsonl` gets one object a line: `id`, `neighbors`, `scores`. One with `.npy` gets the neighbours'
/// numbers as a matrix, −1 where there are too few; beside it `.scores.npy`, and in `.ids.npy` whose neighbours each
/// row has.
///
/// - Throws: `.badSettings` where the name has another ending, `.badData` where the index is damaged, `.cannotWrite`.
public func writeNeighborGraph(
    of folder: String, k: Int, nprobe: Int? = nil, to path: String, tell: (Int, Int) -> Void = { _, _ in }
) throws(Failure) -> Int {
    var search = try IndexSnapshot(folder)
    let count = search.count, stem = (path as NSString).deletingPathExtension
    guard path.hasSuffix(".jsonl") || path.hasSuffix(".npy") else {
        throw Failure(
            .badSettings, "cannot write graph", at: path, because: "its name ends neither with .npy nor with .jsonl",
            try: "give it one of these endings")
    }
    var done = 0, scores: [Float] = [], ids: [Int64] = []
    tell(0, count)
    try AtomicFile.write(to: path) { (file) throws(Failure) in
        if path.hasSuffix(".npy") { try file.appendNumPyHeader(ofIntegers: [count, k]) }
        try search.forEachNeighborhood(k, nprobe: nprobe) { (id, hits) throws(Failure) in
            if path.hasSuffix(".npy") {
                let missing = k - hits.count
                try file.append(bytes(hits.map(\.id) + [Int64](repeating: -1, count: missing)))
                scores += hits.map(\.score) + [Float](repeating: 0, count: missing)
                ids.append(id)
            } else {
                let line = NeighborLine(id: id, neighbors: hits.map(\.id), scores: hits.map(\.score))
                try file.append(Array((jsonLine(line) + "\n").utf8))
            }
            done += 1
            if done % 256 == 0 || done == count { tell(done, count) }
        }
    }
    guard path.hasSuffix(".npy") else { return count }
    try AtomicFile.write(to: stem + ".scores.npy") { (file) throws(Failure) in
        try file.appendNumPyHeader(rows: count, width: k)
        try file.append(scores.span)
    }
    try AtomicFile.write(to: stem + ".ids.npy") { (file) throws(Failure) in
        try file.appendNumPyHeader(ofIntegers: [count])
        try file.append(bytes(ids))
    }
    return count
}

private struct NeighborLine: Encodable {
    var id: Int64
    var neighbors: [Int64]
    var scores: [Float]
}

/// As files of NumPy hold them.
private func bytes(_ numbers: [Int64]) -> [UInt8] {
    numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
}
