import Storage
import Tokenizers

/// What a user reads first of a corpus, and its fingerprint.
struct CorpusSurvey {
    private(set) var fingerprint = Fingerprint()
    private let store: DocumentStore
    private let labels: DocumentLabels
    private let hasPairs: Bool
    private let settings: CorpusSettings

    init(_ store: DocumentStore, _ labels: DocumentLabels, hasPairs: Bool, _ settings: CorpusSettings) {
        (self.store, self.labels, self.hasPairs, self.settings) = (store, labels, hasPairs, settings)
        store.append(to: &fingerprint)
        for document in 0..<store.count where labels[document] != nil {
            fingerprint.append(Array("\(document) \(labels[document] ?? "")\n".utf8))
        }
    }

    /// Takes the lists into the fingerprint.
    mutating func append(training: [Int], validation: [Int]) {
        fingerprint.append(numbers: training)
        fingerprint.append(numbers: validation)
    }

    func lines(_ training: [Int], _ validation: [Int], split: String, skipped: [Skipped]) -> [String] {
        var lines = [counts]
        let found = labels.counts
        if !found.isEmpty {
            let shown = found.prefix(3).map { "\($0.name) \(grouped($0.count))" }.joined(separator: ", ")
            lines.append("\(counted(found.count, "label")): \(shown)\(found.count > 3 ? ", …" : "")")
        }
        lines.append(
            "\(grouped(training.count)) for training, \(grouped(validation.count)) for validation (\(split))")
        for document in Set([0, store.count / 3, 2 * store.count / 3]).sorted() {
            let text = shortened(store.text(of: document, 0..<store.partCount(of: document)))
            lines.append("for example \(labels[document].map { "[\($0)] " } ?? "")\(text)")
        }
        if !skipped.isEmpty { lines.append("refused \(grouped(skipped.count)): \(Dataset.refusals(skipped))") }
        return lines
    }

    /// `10,812 documents, 45,120 sentences (1 to 80 a document, 4.2 on average)`.
    private var counts: String {
        if hasPairs { return counted(store.count, "pair") }
        let sizes = (0..<store.count).map { store.partCount(of: $0) }
        let fewest = sizes.min() ?? 0, most = sizes.max() ?? 0
        let mean = (store.partCount * 10 + store.count / 2) / store.count
        let parts = settings.symbols == nil ? "sentences" : "pieces of at most \(settings.pieceLength) \(symbolNoun)"
        let range = fewest == most ? "\(most) a document" : "\(fewest) to \(most) a document"
        let share = fewest == most ? range : range + ", \(mean / 10).\(mean % 10) on average"
        return "\(counted(store.count, "document")), \(grouped(store.partCount)) \(parts) (\(share))"
    }

    private var symbolNoun: String { settings.symbols == .characters ? "characters" : "symbols" }
}

/// `1 document`, `10,812 documents`.
private func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }

/// The beginning of a text, for a line that a person reads.
func shortened(_ text: String) -> String {
    text.count <= 100 ? text : String(text.prefix(99)).trimmed + "…"
}
