import Failures
import Objectives
import Towers

/// Lengths at which the first numbers of an embedding are to be an embedding as well (`Matryoshka`). JSON: `[64, 128]`.
package struct PrefixLengths: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Ascending.
    package let lengths: [Int]

    /// Reads `64,128`. Nil where lengths are none or do not ascend.
    package init?(_ text: String) {
        let lengths = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard zip([0] + lengths, lengths).allSatisfy({ $0 < $1 }) else { return nil }
        self.lengths = lengths
    }

    /// `64,128`.
    package var description: String { lengths.map(String.init).joined(separator: ",") }

    /// Reads an array.
    package init(from decoder: any Decoder) throws { lengths = try decoder.singleValueContainer().decode([Int].self) }

    /// Writes an array.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(lengths)
    }

    /// Whether the embeddings of a model are longer than all of these.
    ///
    /// - Throws: `.badSettings` that names the length.
    func check(with plan: ModelPlan, _ material: Material) throws(Failure) {
        let whole = material.side.map(plan.featureWidth) ?? plan.embedDim
        guard let last = lengths.last, last >= whole else { return }
        throw Failure(
            .badSettings, "cannot use option", at: "--matryoshka",
            because: "found \(last), and the embeddings of the model have \(whole) numbers",
            try: "give lengths below that")
    }

    /// Whether an objective compares embeddings, so that it can see them cut.
    ///
    /// - Throws: `.badSettings` that names those which do not.
    func check(for objectives: [ObjectiveChoice]) throws(Failure) {
        let ofPairs = Material(objectives.needs) == .pairs
        if objectives.contains(where: { Matryoshka.applies(to: $0.needs, ofPairs: ofPairs) }) { return }
        throw Failure(
            .badSettings, "cannot use option", at: "--matryoshka",
            because: "nothing in \(objectives.map(\.name).joined(separator: " and ")) compares embeddings of the run",
            try: "leave it out, or add an objective that does, such as clip, simclr or paraphrase")
    }
}
