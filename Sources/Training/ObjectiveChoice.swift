package import Failures
import Objectives

/// An objective of a run, and its share in the loss.
package struct ObjectiveChoice: Codable, Sendable, Equatable, CustomStringConvertible {
    /// The word of one of `objectives`.
    package var name: String
    /// What its loss is multiplied by.
    package var weight: Float

    /// An objective with a weight.
    package init(_ name: String, weight: Float = 1) { (self.name, self.weight) = (name, weight) }

    /// `clip`, `simclr=0.5`, or a word for several: `slip` is `clip` and `simclr` (Mu et al. 2022).
    ///
    /// - Throws: `.badSettings` where the word is none.
    package static func choices(_ word: String) throws(Failure) -> [ObjectiveChoice] {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0]), weight = parts.count == 1 ? 1 : Float(String(parts[1]))
        let names = name == "slip" ? ["clip", "simclr"] : [name]
        guard names.allSatisfy({ name in objectives.contains { $0.name == name } }) else {
            let known = objectives.map { $0.name }.filter { $0 != TeacherDistillation.name } + ["slip"]
            throw Failure(
                .badSettings, "cannot use option", at: "--objective",
                because: "found \(name), expected one of \(known.joined(separator: ", "))", try: "give another name")
        }
        guard let weight, weight > 0, weight.isFinite else {
            throw Failure(
                .badSettings, "cannot use option", at: "--objective",
                because: "found weight \(parts.last ?? ""), expected a number above 0",
                try: "give NAME or NAME=WEIGHT, as simclr=0.5")
        }
        return names.map { ObjectiveChoice($0, weight: weight) }
    }

    /// `clip`, or `simclr=0.5`.
    package var description: String { weight == 1 ? name : "\(name)=\(weight)" }
}

extension [ObjectiveChoice] {
    /// What a batch must hold for all of them.
    var needs: Set<BatchNeed> { reduce(into: []) { $0.formUnion($1.needs) } }

    /// The objectives by their words; `isDecoupled` is for those that know it.
    func made(isDecoupled: Bool) -> [WeightedObjective] {
        map { choice in
            guard let type = objectives.first(where: { $0.name == choice.name }) else {
                preconditionFailure("no objective is called \(choice.name)")
            }
            let isClip = choice.name == SoftmaxContrastive.name
            return WeightedObjective(
                name: choice.name, weight: choice.weight,
                objective: isClip ? SoftmaxContrastive(isDecoupled: isDecoupled) : type.init())
        }
    }
}

/// An objective of a run that is under way.
struct WeightedObjective: Sendable {
    let name: String
    let weight: Float
    var objective: any Objective
}

/// What a run learns from.
package enum Material: String, Codable, Sendable {
    /// Pictures with captions.
    case pairs
    /// Pictures alone.
    case pictures
    /// Texts alone.
    case texts

    /// What is to be added where there is too little.
    var words: String {
        switch self {
        case .pairs: "pictures with captions"
        case .pictures: "pictures"
        case .texts: "texts"
        }
    }

    /// What one counts.
    package var items: String {
        switch self {
        case .pairs: "pairs"
        case .pictures: "pictures"
        case .texts: "texts"
        }
    }

    /// What objectives can be fed from: pairs where one asks for them, or where some want pictures and others texts.
    init(_ needs: Set<BatchNeed>) {
        let sides = Set(needs.map(\.material))
        self = sides.count == 1 ? sides.first ?? .pairs : .pairs
    }
}

extension BatchNeed {
    /// The least that it can be made of.
    var material: Material {
        switch self {
        case .pairs, .teacher: .pairs
        case .pictureViews, .slowPictureViews, .visiblePatches, .maskedPatches: .pictures
        case .textPairs, .maskedTokens, .sentencePairs, .passages, .deletedTokens: .texts
        }
    }
}
