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

/// All embeddings of an index, and what each is, in the order of paths and lines; a name with a line break is left out.
func namedEmbeddings(
    of index: String
) throws(Failure) -> (rows: [Float], names: [String], embedDim: Int) {
    var snapshot = try IndexSnapshot(index)
    var rows: [Int64: [Float]] = [:]
    try snapshot.forEach { id, vector in rows[id] = vector.indices.map { vector[$0] } }
    let places = try places(in: index, snapshot.manifest.attachments)
        .filter { rows[$0.id] != nil && !$0.name.contains("\n") }
    return (places.flatMap { rows[$0.id] ?? [] }, places.map(\.name), snapshot.embedDim)
}

/// What an index holds, in the order of paths: pictures by their paths, passages by path and line.
private func places(
    in index: String, _ attachments: [String: String]
) throws(Failure) -> [(id: Int64, name: String)] {
    let contents = try IndexContents(index)
    if contents.kind == .vectors {
        let notes = try contents.notes(of: contents.vectors.ids)
        return contents.vectors.ids.map { ($0, notes[$0]?.name ?? "\($0)") }
    }
    if let catalogue = attachments[Attachment.catalogue] {
        return try PictureCatalogue("\(index)/\(catalogue)").entries().sorted { $0.path < $1.path }
            .map { ($0.id, $0.path) }
    }
    if let catalogue = attachments[Attachment.passages] {
        return try PassageCatalogue("\(index)/\(catalogue)").files().flatMap { file in
            file.passages.map { ($0.id, "\(file.path):\($0.line)") }
        }
    }
    throw Failure(
        .badData, "cannot read index", at: index, because: "it names no catalogue",
        try: "delete the index and build it again with clip-index")
}
