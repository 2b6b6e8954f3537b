/// The labels of documents: each name once, and a number a document.
struct DocumentLabels: Sendable {
    private(set) var names: [String] = []
    private var numbers: [Int32] = []  // by document; -1 where there is none
    private var known: [String: Int32] = [:]

    /// Adds the label of the next document.
    mutating func append(_ label: String?) {
        guard let label else { return numbers.append(-1) }
        if let number = known[label] { return numbers.append(number) }
        known[label] = Int32(names.count)
        numbers.append(Int32(names.count))
        names.append(label)
    }

    /// The label of a document.
    subscript(document: Int) -> String? { numbers[document] < 0 ? nil : names[Int(numbers[document])] }

    /// Each label and how many documents have it, the most frequent first.
    var counts: [(name: String, count: Int)] {
        var counts = [Int](repeating: 0, count: names.count)
        for number in numbers where number >= 0 { counts[Int(number)] += 1 }
        return zip(names, counts).map { (name: $0, count: $1) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }
}
