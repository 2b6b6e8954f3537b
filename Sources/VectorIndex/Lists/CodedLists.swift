import Kernels

/// Rows in lists that are being made, and their codes.
struct CodedLists: Sendable {
    let model: ListModel
    let scanner: ListScanner
    let codes: SegmentCodes
    /// The rows in half precision, list by list.
    let halves: [UInt8]

    init(_ rows: EmbeddingRows, _ partition: Partition, _ model: ListModel, halves: [UInt8]) {
        (self.model, self.halves) = (model, halves)
        codes = model.codes(of: rows, partition)
        scanner = model.scanner(rowStarts: partition.starts)
    }

    /// The rows that are worth a look: some by the first part of their codes, and the best of these by their whole codes.
    func candidates(
        of coded: CodedQueries, _ own: [Int], _ visits: ListVisits, shortlist: Int, rerank: Int
    ) -> (first: ListCandidates, whole: ListCandidates) {
        codes.high.read { high in
            codes.low.read { low in
                let first = halves.read { halves in
                    scanner.candidates(
                        of: coded, visits, high: high, low: low, halves: halves, kept: shortlist, own: own)
                }
                var whole = first
                scanner.refine(&whole, coded, high: high, low: low, kept: rerank)
                return (first, whole)
            }
        }
    }

    /// The largest score of any row of a list for every query, `[queries, lists]`; of the usual codes alone.
    func maxima(of coded: CodedQueries, own: [Int]) -> [Float] {
        codes.high.read { high in codes.low.read { scanner.maxima(of: coded, high: high, low: $0, own: own) } }
    }
}
