import Failures
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
        let routers = try index.allRouters(), lists = index.allLists, width = index.embedDim
        let header = FAISSHeader(embedDim: width, count: index.count)
        try file.append(Array((isHalf ? "IwSq" : "IwFl").utf8) + header.bytes)
        try file.append(littleEndian(UInt64(lists.count)) + littleEndian(UInt64(index.usualNprobe)))
        try file.append(Array("IxFI".utf8) + FAISSHeader(embedDim: width, count: lists.count).bytes)
        try file.append(littleEndian(UInt64(routers.count)))
        try file.append(routers.span)
        try file.append([0] + littleEndian(UInt64(0)))
        let size = UInt64(width * (isHalf ? 2 : 4))
        if isHalf { try file.append(scalarCode(width) + littleEndian(size) + [0]) }
        let rows = lists.map { list in list.rows.filter { !index.isRemoved($0, of: list.segment) } }
        try file.append(Array("ilar".utf8) + littleEndian(UInt64(lists.count)) + littleEndian(size))
        try file.append(Array("full".utf8) + littleEndian(UInt64(lists.count)))
        for rows in rows { try file.append(littleEndian(UInt64(rows.count))) }
        for (list, rows) in zip(lists, rows) where !rows.isEmpty {
            for row in rows { try append(try index.vectors(row..<row + 1, of: list.segment), to: &file) }
            try append(rows.map { index.id($0, of: list.segment) }, to: &file, counted: false)
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

/// Some rows of a segment that are visited together.
struct SegmentList {
    var segment: Int, rows: Range<Int>
}

extension IndexSnapshot {
    /// The lists of all segments, one segment behind the other; a segment without lists is one list.
    var allLists: [SegmentList] {
        segments.indices.flatMap { s in lists(of: s).map { SegmentList(segment: s, rows: $0) } }
    }

    /// The unit vectors by which `allLists` are chosen, `[lists, embedDim]`.
    mutating func allRouters() throws(Failure) -> [Float] {
        var routers: [Float] = []
        for s in segments.indices {
            routers += segments[s].nlist > 0 ? self.routers(of: s) : try meanDirection(of: s)
        }
        return routers
    }

    /// Lists that a query visits where nothing else is said.
    var usualNprobe: Int { min(max(Self.usualMinimum, nlist / Self.usualShare), max(nlist, 1)) }

    private mutating func meanDirection(of segment: Int) throws(Failure) -> [Float] {
        var sum = [Float](repeating: 0, count: embedDim)
        for row in 0..<segments[segment].count {
            for (i, number) in try vectors(row..<row + 1, of: segment).enumerated() { sum[i] += number }
        }
        return unitLength(sum, width: embedDim)
    }
}
