import Catalogue
public import Failures
import Foundation
import Storage
import VectorIndex

/// Writes the embeddings of an index for other programs: a matrix as a file of NumPy, and beside it, in a `.txt`, what
/// each row is, one a line: a picture's path, or `path:line` of a passage. Rows are in the order of paths and lines.
///
/// `clip-train --teacher` takes both files of pictures. Paths with a line break have no place in such a list, and are
/// left out.
///
/// - Throws: `.missingInput` where there is no index, `.badData` where it is damaged, `.cannotWrite`.
public func writeVectors(of index: String, to path: String) throws(Failure) {
    let list = (path as NSString).deletingPathExtension + ".txt"
    guard list != path else {
        throw Failure(
            .badSettings, "cannot write vectors", at: path, because: "what they are goes into a .txt beside them",
            try: "give a name that ends with .npy")
    }
    let embeddings = try namedEmbeddings(of: index)
    try AtomicFile.write(to: path) { (file) throws(Failure) in
        try file.appendNumPyHeader(rows: embeddings.names.count, width: embeddings.embedDim)
        try file.append(embeddings.rows.span)
    }
    try AtomicFile.write(embeddings.names.map { $0 + "\n" }.joined(), to: list)
}

/// All embeddings of an index, and what each is, in the order of paths and lines, or of numbers; a name with a line
/// break is left out.
func namedEmbeddings(
    of index: String
) throws(Failure) -> (rows: [Float], names: [String], embedDim: Int) {
    var contents = try IndexContents(index), rows: [Int64: [Float]] = [:]
    try contents.vectors.forEach { id, vector in rows[id] = vector.indices.map { vector[$0] } }
    let places = try contents.places().filter { rows[$0.id] != nil && !$0.name.contains("\n") }
    return (places.flatMap { rows[$0.id] ?? [] }, places.map(\.name), contents.vectors.embedDim)
}

extension IndexContents {
    /// Pictures in the order of paths, passages of path and line, vectors of numbers.
    fileprivate func places() throws(Failure) -> [(id: Int64, name: String)] {
        switch names {
        case .pictures(let catalogue):
            return try catalogue.entries().sorted { $0.path < $1.path }.map { ($0.id, $0.path) }
        case .texts(let catalogue):
            return try catalogue.files().flatMap { file in
                file.passages.map { ($0.id, "\(file.path):\($0.line)") }
            }
        case .vectors:
            let ids = vectors.ids, notes = try notes(of: ids)
            return ids.map { ($0, notes[$0]?.name ?? "\($0)") }
        }
    }
}
