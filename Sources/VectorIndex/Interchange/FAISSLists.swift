import Failures
import Storage

/// The inverted lists of an `IwFl` or `IwSq`, behind its header.
struct FAISSLists {
    let codes: FAISSCodes
    let ids: [Int64]

    init(_ header: FAISSHeader, isQuantized: Bool, _ cursor: inout FileCursor, depth: Int) throws(Failure) {
        let path = cursor.path
        let nlist = try cursor.count("lists", of: 8)
        _ = try cursor.skip(1, of: 8, "nprobe")
        let centroids = try Self.centroids(nlist, header, &cursor, depth: depth)
        let map: UInt8 = try cursor.integer("direct map")
        guard map == 0 || map == 1 else {
            throw .badVectors(
                path, "its direct map is number \(map)", try: "call make_direct_map(False) before writing")
        }
        _ = try cursor.integerVector("numbers of the direct map")
        var code = FAISSCode.float32, isResidual: UInt8 = 0
        if isQuantized {
            code = try FAISSCode(&cursor, embedDim: header.embedDim)
            _ = try cursor.skip(1, of: 8, "bytes of a code")
            isResidual = try cursor.integer("flag")
        }
        let sizes = try Self.sizes(nlist, codeSize: code.size(header.embedDim), &cursor)
        var blocks: [(start: Int, count: Int)] = [], ids: [Int64] = []
        for size in sizes {
            let start = try cursor.skip(size, of: code.size(header.embedDim), "codes")
            blocks.append((start, size))
            ids += try cursor.integers(size, "ids")
        }
        guard ids.count == header.count else {
            throw .badVectors(path, "its lists hold \(ids.count) vectors, its header says \(header.count)")
        }
        self.ids = ids
        codes = FAISSCodes(
            code, embedDim: header.embedDim, blocks: blocks, residualsOf: isResidual == 0 ? nil : centroids)
    }

    private static func centroids(
        _ nlist: Int, _ header: FAISSHeader, _ cursor: inout FileCursor, depth: Int
    ) throws(Failure) -> [Float] {
        let path = cursor.path, quantizer = try FAISSIndex(&cursor, depth: depth + 1)
        guard quantizer.count == nlist, quantizer.embedDim == header.embedDim, quantizer.ids == nil else {
            throw .badVectors(
                path, "\(quantizer.count) centroids of \(quantizer.embedDim) dimensions for \(nlist) lists")
        }
        let file = cursor.file
        return (0..<nlist).flatMap { list in file.bytes.read { quantizer.codes.decode(list, $0) } }
    }

    /// How many vectors are in each list.
    private static func sizes(_ nlist: Int, codeSize: Int, _ cursor: inout FileCursor) throws(Failure) -> [Int] {
        let path = cursor.path, kind = try FAISSIndex.letters(&cursor)
        guard kind == "ilar" else {
            throw .badVectors(
                path, "its lists are \(kind)", try: "read it with FAISS and write it with lists in memory")
        }
        let lists = try cursor.count("lists", of: 1), size: UInt64 = try cursor.integer("bytes of a code")
        guard lists == nlist, size == UInt64(codeSize) else {
            throw .badVectors(path, "\(lists) lists of codes of \(size) bytes, expected \(nlist) of \(codeSize)")
        }
        let form = try FAISSIndex.letters(&cursor), numbers = try cursor.integerVector("list sizes")
        guard numbers.allSatisfy({ (0...1 << 40).contains($0) }) else { throw .badVectors(path, "a list has no size") }
        switch form {
        case "full":
            guard numbers.count == nlist else { throw .badVectors(path, "\(numbers.count) sizes for \(nlist) lists") }
            return numbers.map { Int($0) }
        case "sprs":
            var sizes = [Int](repeating: 0, count: nlist)
            guard numbers.count % 2 == 0 else { throw .badVectors(path, "an odd number of list sizes") }
            for i in stride(from: 0, to: numbers.count, by: 2) {
                guard numbers[i] < Int64(nlist) else { throw .badVectors(path, "list \(numbers[i]) of \(nlist)") }
                sizes[Int(numbers[i])] = Int(numbers[i + 1])
            }
            return sizes
        default: throw .badVectors(path, "its list sizes are \(form)")
        }
    }
}
