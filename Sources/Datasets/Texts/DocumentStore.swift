import Storage

/// The texts of many documents in one stretch of UTF-8. A document consists of parts: sentences, columns, or pieces of
/// a sequence.
struct DocumentStore: Sendable {
    /// Stands behind every part, so that several are one text.
    let separator: [UInt8]
    private var bytes: [UInt8] = []
    private var partStarts = [0]  // in bytes; one more than there are parts
    private var documentStarts = [0]  // in parts; one more than there are documents

    /// - Parameter separator: one blank, or nothing where every character is a symbol.
    init(separator: String) { self.separator = Array(separator.utf8) }

    /// The number of documents.
    var count: Int { documentStarts.count - 1 }
    /// The number of parts of all documents.
    var partCount: Int { partStarts.count - 1 }

    /// Adds a document of at least one part.
    mutating func append(_ parts: [String]) {
        precondition(!parts.isEmpty, "a document of no part")
        for part in parts {
            bytes.append(contentsOf: part.utf8)
            bytes.append(contentsOf: separator)
            partStarts.append(bytes.count)
        }
        documentStarts.append(partStarts.count - 1)
    }

    /// How many parts a document has.
    func partCount(of document: Int) -> Int { documentStarts[document + 1] - documentStarts[document] }

    /// Some neighbouring parts as one text.
    func text(of document: Int, _ parts: Range<Int>) -> String {
        String(decoding: bytes[place(of: document, parts)], as: UTF8.self)
    }

    /// The length in bytes of some neighbouring parts as one text.
    func byteCount(of document: Int, _ parts: Range<Int>) -> Int { place(of: document, parts).count }

    /// The bytes of a whole document.
    func bytes(of document: Int) -> ArraySlice<UInt8> { bytes[place(of: document, 0..<partCount(of: document))] }

    /// Takes all texts and where they end into a fingerprint.
    func append(to fingerprint: inout Fingerprint) {
        fingerprint.append(bytes)
        fingerprint.append(numbers: partStarts)
        fingerprint.append(numbers: documentStarts)
    }

    private func place(of document: Int, _ parts: Range<Int>) -> Range<Int> {
        precondition(
            !parts.isEmpty && parts.lowerBound >= 0 && parts.upperBound <= partCount(of: document),
            "parts \(parts) of \(partCount(of: document))")
        let first = documentStarts[document]
        return partStarts[first + parts.lowerBound]..<partStarts[first + parts.upperBound] - separator.count
    }
}

extension Fingerprint {
    /// Takes in numbers, 8 bytes each.
    mutating func append(numbers: [Int]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * numbers.count)
        for number in numbers {
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
        }
        append(bytes)
    }
}
