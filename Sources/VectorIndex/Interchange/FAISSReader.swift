import Failures
import Storage

/// Opens a file of FAISS.
func readFAISS(_ path: String) throws(Failure) -> VectorTable {
    let file = try MappedBytes(path)
    var cursor = FileCursor(file)
    let index = try FAISSIndex(&cursor)
    guard cursor.left == 0 else { throw .badVectors(path, "\(cursor.left) bytes stand behind its end") }
    guard index.count > 0 else { throw .badVectors(path, "it holds no vectors", try: "add some to it first") }
    var table = VectorTable(path, count: index.count, embedDim: index.embedDim) { row in
        file.bytes.read { index.codes.decode(row, $0) }
    }
    table.ids = index.ids
    table.transform = index.transform
    if !index.isInnerProduct {
        table.remarks.append(
            "it compares by L2 distance; here by inner product: the same order for vectors of length one")
    }
    return table
}

/// An index of FAISS: where its codes lie, and what they mean.
struct FAISSIndex: Sendable {
    var embedDim: Int, count: Int, isInnerProduct: Bool
    var codes: FAISSCodes
    var ids: [Int64]?
    var transform: FittedTransform?

    /// Reads an index that stands alone or inside another.
    init(_ cursor: inout FileCursor, depth: Int = 0) throws(Failure) {
        let kind = try Self.letters(&cursor), path = cursor.path
        guard depth < 4 else { throw .badVectors(path, "indexes stand inside each other \(depth) deep") }
        let header = try FAISSHeader(&cursor)
        (embedDim, count, isInnerProduct) = (header.embedDim, header.count, header.isInnerProduct)
        switch kind {
        case "IxFI", "IxF2": codes = try FAISSCodes(flat: header, &cursor)
        case "IxSQ": codes = try FAISSCodes(quantized: header, &cursor)
        case "IwFl", "IwSq":
            let lists = try FAISSLists(header, isQuantized: kind == "IwSq", &cursor, depth: depth)
            (codes, ids) = (lists.codes, lists.ids)
        case "IxM2", "IxMp":
            let inner = try FAISSIndex(&cursor, depth: depth + 1)
            let ids = try cursor.integerVector("ids")
            guard inner.count == header.count, ids.count == header.count, inner.embedDim == header.embedDim else {
                throw .badVectors(path, "\(ids.count) ids for \(inner.count) vectors")
            }
            (codes, transform) = (inner.codes, inner.transform)
            // Lists hold the places of their rows among the ids.
            guard let places = inner.ids else {
                self.ids = ids
                break
            }
            guard places.allSatisfy({ ids.indices.contains(Int($0)) }) else {
                throw .badVectors(path, "a list holds a row that has no id")
            }
            self.ids = places.map { ids[Int($0)] }
        case "IxPT":
            let transform = try FAISSTransform.chain(&cursor, embedDim: embedDim)
            let inner = try FAISSIndex(&cursor, depth: depth + 1)
            guard inner.count == header.count, inner.embedDim == transform?.outputDim ?? embedDim else {
                throw .badVectors(path, "its transform does not fit its \(inner.count) vectors")
            }
            (embedDim, codes, ids, self.transform) = (inner.embedDim, inner.codes, inner.ids, transform)
        default:
            throw .badVectors(
                path, "its kind is \(kind)", try: "give a flat index, IVF flat, or IVF with scalar codes: \(readable)")
        }
    }

    /// Four letters, whatever bytes they are.
    static func letters(_ cursor: inout FileCursor) throws(Failure) -> String {
        let word: UInt32 = try cursor.integer("letters")
        return String(
            decoding: littleEndian(word).map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

private let readable = "IxFI, IxF2, IxM2, IxMp, IxSQ, IwFl, IwSq, IxPT"
