import Failures
import Foundation
import Storage

/// Vectors from a file of NumPy or from an index, with their names where these are known.
struct VectorSource {
    let path: String
    let rows: [Float]  // [count, width]
    let width: Int
    /// What each row is, such as a picture's path; nil for a file.
    let names: [String]?

    /// Reads a matrix of NumPy, or all embeddings of an index in the order of paths, as `clip-index --vectors` writes
    /// them.
    ///
    /// - Throws: `.missingInput`; `.badData` where it is neither, damaged, or has a number that is not finite.
    init(_ path: String) throws(Failure) {
        self.path = path
        if FileKind(path) == .folder {
            let embeddings = try namedEmbeddings(of: path)
            (rows, width, names) = (embeddings.rows, embeddings.embedDim, embeddings.names)
        } else {
            let file = try NumPyFile(path)
            var rows: [Float] = []
            rows.reserveCapacity(file.rowCount * file.width)
            for row in 0..<file.rowCount { rows += file.row(row) }
            (self.rows, width, names) = (rows, file.width, nil)
        }
        if let place = rows.firstIndex(where: { !$0.isFinite }) {
            throw Failure(
                .badData, "cannot use vectors", at: path,
                because: "row \(place / width), counted from 0, holds \(rows[place])",
                try: "leave out rows whose numbers are not finite")
        }
        guard !rows.isEmpty else {
            throw Failure(
                .badData, "cannot use vectors", at: path, because: "there are none", try: "index some pictures first")
        }
    }

    var count: Int { rows.count / width }

    /// Refuses vectors of another length than those of `other`.
    func check(against other: VectorSource) throws(Failure) {
        guard width != other.width else { return }
        throw Failure(
            .badSettings, "cannot use vectors", at: path,
            because: "they have \(width) dimensions, those of \(other.path) \(other.width)",
            try: "give vectors that one model made")
    }
}

/// The rows that answer each query: `path` has one line a query, the numbers of its answers from 0, with blanks or
/// commas between them. Without a path, row i answers query i.
func truth(_ path: String?, queries: VectorSource, vectors: VectorSource) throws(Failure) -> [[Int]] {
    guard let path else {
        guard queries.count <= vectors.count else {
            throw Failure(
                .badSettings, "cannot use queries", at: queries.path,
                because: "\(queries.count) queries, \(vectors.count) vectors, and no --truth",
                try: "say with --truth which rows answer them")
        }
        return (0..<queries.count).map { [$0] }
    }
    let text = String(decoding: try MappedFile(path).copy(), as: UTF8.self)
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard lines.count == queries.count else {
        throw badTruth(path, "found \(lines.count) lines, expected one for each of \(queries.count) queries")
    }
    var answers: [[Int]] = []
    for (number, line) in lines.enumerated() {
        let words = line.split { $0 == " " || $0 == "," || $0 == "\t" }, rows = words.compactMap { Int($0) }
        guard !rows.isEmpty, rows.count == words.count, rows.allSatisfy((0..<vectors.count).contains) else {
            throw badTruth(
                "\(path):\(number + 1)", "found \"\(line)\", expected numbers from 0 to \(vectors.count - 1)")
        }
        answers.append(Array(Set(rows)).sorted())
    }
    return answers
}

private func badTruth(_ place: String, _ why: String) -> Failure {
    Failure(
        .badData, "cannot read truth", at: place, because: why,
        try: "give one line a query: the numbers of the rows that answer it")
}
