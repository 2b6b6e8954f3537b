import Failures
import Storage

/// How the bytes of a vector are read: floats, halves, or a byte a dimension between the least and the largest value.
enum FAISSCode: Sendable, Equatable {
    case float32, float16
    /// `vmin + vdiff · (byte + 0.5) / 255`.
    case bytes(least: [Float], span: [Float])

    func size(_ embedDim: Int) -> Int {
        switch self {
        case .float32: 4 * embedDim
        case .float16: 2 * embedDim
        case .bytes: embedDim
        }
    }

    /// Reads a description of scalar quantization.
    init(_ cursor: inout FileCursor, embedDim: Int) throws(Failure) {
        let type: Int32 = try cursor.integer("code")
        _ = try cursor.skip(2, of: 4, "settings of a code")
        let width: UInt64 = try cursor.integer("dimensions"), size: UInt64 = try cursor.integer("bytes of a code")
        let trained = try cursor.floatVector("limits of a code")
        switch type {
        case 0:
            guard trained.count == 2 * embedDim else {
                throw .badVectors(cursor.path, "\(trained.count) limits for \(embedDim) dimensions")
            }
            self = .bytes(least: Array(trained.prefix(embedDim)), span: Array(trained.suffix(embedDim)))
        case 4: self = .float16
        default:
            throw .badVectors(cursor.path, "its scalar code is number \(type)", try: "give one of 8 bits, or fp16")
        }
        guard width == UInt64(embedDim), size == UInt64(self.size(embedDim)) else {
            throw .badVectors(cursor.path, "\(size) bytes for a code of \(width) dimensions, expected \(embedDim)")
        }
    }
}

/// The vectors of an index of FAISS: where the code of each begins, and what is to be added to it.
struct FAISSCodes: Sendable {
    let embedDim: Int
    let code: FAISSCode
    private let start: Int  // of all, where they lie one behind the other
    private var starts: [Int] = []  // of each otherwise
    private var lists: [Int32] = []  // of each, where codes are of what is left of a centroid
    private var centroids: [Float] = []  // [nlist, embedDim]

    /// Vectors one behind the other.
    init(flat header: FAISSHeader, _ cursor: inout FileCursor) throws(Failure) {
        (embedDim, code) = (header.embedDim, .float32)
        let numbers = try cursor.count("numbers", of: 4)
        guard FileCursor.product(header.count, header.embedDim) == numbers else {
            throw .badVectors(cursor.path, "\(numbers) numbers for \(header.count) × \(header.embedDim)")
        }
        start = try cursor.skip(numbers, of: 4, "numbers")
    }

    /// Scalar codes one behind the other.
    init(quantized header: FAISSHeader, _ cursor: inout FileCursor) throws(Failure) {
        embedDim = header.embedDim
        code = try FAISSCode(&cursor, embedDim: embedDim)
        let bytes = try cursor.count("bytes", of: 1)
        guard FileCursor.product(header.count, code.size(embedDim)) == bytes else {
            throw .badVectors(cursor.path, "\(bytes) bytes for \(header.count) codes")
        }
        start = try cursor.skip(bytes, of: 1, "bytes")
    }

    /// Codes in lists: `blocks` says where each list's codes begin and how many there are.
    init(_ code: FAISSCode, embedDim: Int, blocks: [(start: Int, count: Int)], residualsOf centroids: [Float]?) {
        (self.embedDim, self.code, start) = (embedDim, code, 0)
        let size = code.size(embedDim)
        for (list, block) in blocks.enumerated() {
            for i in 0..<block.count { starts.append(block.start + i * size) }
            if centroids != nil { lists += [Int32](repeating: Int32(list), count: block.count) }
        }
        self.centroids = centroids ?? []
    }

    /// Vector `row`.
    func decode(_ row: Int, _ bytes: RawSpan) -> [Float] {
        let from = starts.isEmpty ? start + row * code.size(embedDim) : starts[row]
        var vector = [Float](repeating: 0, count: embedDim), target = vector.mutableSpan
        switch code {
        case .float32: bytes.copyFloats(at: from, into: &target)
        case .float16: bytes.copyHalfFloats(at: from, into: &target)
        case .bytes(let least, let span):
            for i in 0..<embedDim { target[i] = least[i] + span[i] * (Float(bytes.byte(at: from + i)) + 0.5) / 255 }
        }
        guard !lists.isEmpty else { return vector }
        let centroid = Int(lists[row]) * embedDim
        for i in 0..<embedDim { vector[i] += centroids[centroid + i] }
        return vector
    }
}
