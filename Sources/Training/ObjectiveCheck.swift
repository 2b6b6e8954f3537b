import Failures
import Objectives
import Towers

extension TrainingSettings {
    /// Whether the objectives go together, and with the other settings.
    ///
    /// - Throws: `.badSettings` that names the objective and what it lacks.
    func checkObjectives() throws(Failure) {
        let chosen = chosenObjectives
        if let twice = chosen.first(where: { one in chosen.count { $0.name == one.name } > 1 }) {
            throw refused(
                "--objective", "\(twice.name) is given twice", "give it once, with its weight: \(twice.name)=2")
        }
        for choice in chosen {
            for need in choice.needs {
                if material == .pairs && !need.isMadeOfPairs {
                    throw refused(
                        "--objective \(choice.name)", "it learns from \(choice.learnsFrom), and pairs have none",
                        "train the text tower on such texts first, and start from it")
                }
                if let side = need.trainedSide, towers?.locked.contains(side) == true {
                    throw refused(
                        "--objective \(choice.name)", "the \(side == .image ? "picture" : "text") tower is locked",
                        "unlock it, or leave the objective out")
                }
            }
        }
        guard isDecoupled != true || chosen.contains(where: { $0.name == SoftmaxContrastive.name }) else {
            throw refused("--decoupled", "it belongs to --objective clip", "leave it out")
        }
        try matryoshka?.check(for: chosen)
        guard microBatch == nil || needs.isSubset(of: [.pairs, .teacher]) else {
            throw refused("--micro-batch", "it splits pairs of pictures and captions alone", "leave it out")
        }
        guard material != .pairs else {
            guard data.picturesPath == nil || needs.contains(where: { $0.material == .pictures }) else {
                throw refused(
                    "--pictures", "no objective learns from pictures alone", "add one, such as --objective simclr=0.5")
            }
            return
        }
        let pairsOnly: [(String, Bool)] = [
            ("--pictures", data.picturesPath != nil), ("--teacher", teacher != nil),
            ("--patch-dropout", patchDropout != nil),
            ("towers that come trained", towers != nil),
        ]
        for (option, isGiven) in pairsOnly where isGiven {
            throw refused(option, "it belongs to pairs of pictures and captions", "leave it out")
        }
    }

    private func refused(_ option: String, _ why: String, _ remedy: String) -> Failure {
        Failure(.badSettings, "cannot use option", at: option, because: why, try: remedy)
    }
}

extension ObjectiveChoice {
    private var type: (any Objective.Type)? { objectives.first { $0.name == name } }
    var needs: Set<BatchNeed> { type?.init().needs ?? [] }
    var learnsFrom: String { type?.learnsFrom ?? "" }
}

extension BatchNeed {
    /// Whether pictures with captions hold it: captions can stand in for single texts.
    fileprivate var isMadeOfPairs: Bool {
        switch self {
        case .maskedTokens, .deletedTokens, .textPairs(.twice): true
        case .textPairs, .sentencePairs, .passages: false
        case .pairs, .teacher, .pictureViews, .slowPictureViews, .visiblePatches, .maskedPatches: true
        }
    }

    /// The tower that it must train; nil where features of a locked one do as well.
    fileprivate var trainedSide: TowerSide? {
        switch material {
        case .pairs: nil
        case .pictures: .image
        case .texts: .text
        }
    }
}
