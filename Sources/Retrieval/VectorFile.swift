import Catalogue
public import Failures
import Foundation
import Storage
import VectorIndex

/// Writes the embeddings of an index for other programs: a matrix as a file of NumPy, and beside it, in a `.txt`, the path of
/// each row's picture, one a line. Rows are in the order of their paths.
///
/// `clip-train --teacher` takes both. Paths with a line break have no place in such a list, and are left out.
///
/// - Throws: `.missingInput` where there is no index, `.badData` where it is damaged, `.cannotWrite`.
public func writeVectors(of index: String, to path: String) throws(Failure) {
    let list = (path as NSString).deletingPathExtension + ".txt"
    guard list != path else {
        throw Failure(
            .badSettings, "cannot write vectors", at: path, because: "the paths go into a .txt beside them",
            try: "give a name that ends with .npy")
    }
    var snapshot = try IndexSnapshot(index)
    guard let catalogue = snapshot.manifest.attachments[Attachment.catalogue] else {
        throw Failure(
            .badData, "cannot read index", at: index, because: "it names no catalogue",
            try: "delete the index and build it again with clip-index")
    }
    var rows: [Int64: [Float]] = [:]
    try snapshot.forEach { id, vector in rows[id] = vector.indices.map { vector[$0] } }
    let entries = try PictureCatalogue("\(index)/\(catalogue)").entries()
        .filter { rows[$0.id] != nil && !$0.path.contains("\n") }.sorted { $0.path < $1.path }
    try AtomicFile.write(to: path) { (file) throws(Failure) in
        try file.appendNumPyHeader(rows: entries.count, width: snapshot.embedDim)
        for entry in entries {
            let row = rows[entry.id] ?? []
            try file.append(row.span)
        }
    }
    try AtomicFile.write(entries.map { $0.path + "\n" }.joined(), to: list)
}
