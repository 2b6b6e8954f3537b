import Failures
import Kernels
import Storage

/// Writes an index as FAISS reads it.
struct FAISSWriter {
    let isHalf: Bool

    func write(_ export: VectorExport, to path: String) throws(Failure) {
        var index = export.snapshot
        try AtomicFile.write(to: path) { (file) throws(Failure) in
            if index.nlist == 0 { try writeFlat(&index, to: &file) } else { try writeLists(&index, to: &file) }
        }
    }

    private func writeFlat(_ index: inout IndexSnapshot, to file: inout OutputFile) throws(Failure) {
        let header = FAISSHeader(embedDim: index.embedDim, count: index.count).bytes,
            numbers = index.count * index.embedDim
        try file.append(Array("IxM2".utf8) + header + Array((isHalf ? "IxSQ" : "IxFI").utf8) + header)
        if isHalf { try file.append(scalarCode(index.embedDim)) }
        try file.append(littleEndian(UInt64(isHalf ? 2 * numbers : numbers)))
        var ids: [Int64] = []
        try index.forEachBlock { (block, vectors) throws(Failure) in
            ids += block
            try append(vectors, to: &file)
        }
        try append(ids, to: &file, counted: true)
    }

    private func writeLists(_ index: inout IndexSnapshot, to file: inout OutputFile) throws(Failure) {
        let (routers, lists) = try index.listsOfAll(), width = index.embedDim
        let header = FAISSHeader(embedDim: width, count: index.count)
        try file.append(Array((isHalf ? "IwSq" : "IwFl").utf8) + header.bytes)
        try file.append(littleEndian(UInt64(lists.count)) + littleEndian(UInt64(index.usualNprobe)))
        try file.append(Array("IxFI".utf8) + FAISSHeader(embedDim: width, count: lists.count).bytes)
        try file.append(littleEndian(UInt64(routers.count)))
        try file.append(routers.span)
        try file.append([0] + littleEndian(UInt64(0)))
        let size = UInt64(width * (isHalf ? 2 : 4))
        if isHalf { try file.append(scalarCode(width) + littleEndian(size) + [0]) }
        try file.append(Array("ilar".utf8) + littleEndian(UInt64(lists.count)) + littleEndian(size))
        try file.append(Array("full".utf8) + littleEndian(UInt64(lists.count)))
        for list in lists { try file.append(littleEndian(UInt64(list.count))) }
        for list in lists where !list.isEmpty {
            for place in list {
                try append(try index.vectors(place.row..<place.row + 1, of: place.segment), to: &file)
            }
            try append(list.map { index.id($0.row, of: $0.segment) }, to: &file, counted: false)
        }
    }

    /// What FAISS writes of half precision: type 4, no range, nothing trained.
    private func scalarCode(_ width: Int) -> [UInt8] {
        littleEndian(UInt32(4)) + littleEndian(UInt32(0)) + littleEndian(UInt32(0)) + littleEndian(UInt64(width))
            + littleEndian(UInt64(2 * width)) + littleEndian(UInt64(0))
    }

    private func append(_ vectors: [Float], to file: inout OutputFile) throws(Failure) {
        guard isHalf else { return try file.append(vectors.span) }
        try file.append(vectors.flatMap { littleEndian(Float16($0).bitPattern) })
    }

    private func append(_ ids: [Int64], to file: inout OutputFile, counted: Bool) throws(Failure) {
        if counted { try file.append(littleEndian(UInt64(ids.count))) }
        try file.append(ids.flatMap { littleEndian($0) })
    }
}

extension IndexSnapshot {
    /// The lists with the rows of all segments, and the unit vectors by which they are chosen, `[lists, embedDim]`. A row
    /// of a segment without lists goes into the list whose vector has the largest product with it.
    fileprivate mutating func listsOfAll() throws(Failure) -> (routers: [Float], lists: [[RowPlace]]) {
        let routers = routers
        var places = [[RowPlace]](repeating: [], count: nlist)
        for s in segments.indices where hasLists(s) {
            for (list, rows) in lists(of: s).enumerated() {
                places[list] += rows.filter { !isRemoved($0, of: s) }.map { RowPlace(segment: s, row: $0) }
            }
        }
        for s in segments.indices where !hasLists(s) {
            for row in 0..<rowCount(of: s) where !isRemoved(row, of: s) {
                let vector = try vectors(row..<row + 1, of: s), count = places.count
                var products = [Float](repeating: 0, count: count), target = products.mutableSpan
                matrixProduct(
                    vector.span, routers.span, transposingRight: true, rows: 1, columns: count, inner: embedDim,
                    into: &target)
                let best = products.indices.max { products[$0] < products[$1] } ?? 0
                places[best].append(RowPlace(segment: s, row: row))
            }
        }
        return (routers, places)
    }
}
