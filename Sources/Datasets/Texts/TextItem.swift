/// A place in a corpus where a draw begins: some neighbouring parts of a document.
public struct TextItem: Sendable, Equatable, Hashable {
    private let number, first, count: UInt32

    /// Some neighbouring parts of a document.
    public init(document: Int, parts: Range<Int>) {
        (number, first, count) = (UInt32(document), UInt32(parts.lowerBound), UInt32(parts.count))
    }

    /// The document.
    public var document: Int { Int(number) }
    /// Its parts.
    public var parts: Range<Int> { Int(first)..<Int(first) + Int(count) }
}

extension [TextItem] {
    /// The first place whose item does not lie before a part of a document; the items are in the order of the corpus.
    func place(of document: Int, part: Int = 0) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2, item = self[middle]
            if (item.document, item.parts.lowerBound) < (document, part) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The places of a document's items.
    func places(of document: Int) -> Range<Int> { place(of: document)..<place(of: document + 1) }
}
