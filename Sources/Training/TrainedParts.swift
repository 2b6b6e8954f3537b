import Augmentations
import Failures
import Tokenizers
import Towers

/// What comes trained, as far as its settings go: opened before the data, so that a wrong path is told at once.
struct TrainedParts {
    /// How pictures become what the picture tower sees.
    private(set) var preprocessing: Preprocessing?
    /// What the text tower reads.
    private(set) var tokenizer: (any Tokenizer)?
    /// The whole model.
    private(set) var model: ModelDescription?

    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` where a folder holds nothing that is known here.
    init(_ towers: TowerSettings?, _ starts: [StartingPoint]) throws(Failure) {
        if let start = starts.first(where: { $0.sides.contains(.text) }) {
            tokenizer = try readTokenizer(folder: start.folder)
        }
        if let folder = towers?.pretrained {
            let settings = try ModelSettings(folder: folder)
            (preprocessing, model) = (settings.preprocessing, settings.model)
            tokenizer = try readTokenizer(folder: folder)
            guard case .clip = settings.model, towers?.locked.isEmpty == false else { return }
            throw Failure(
                .badSettings, "cannot lock tower", at: folder, because: "it is a CLIP's, which is trained as a whole",
                try: "give the folder to --image-tower and --text-tower in place of --pretrained")
        }
        preprocessing = try towers?.choices?.preprocessing()
        if let folder = try towers?.choices?.folder(of: .text) { tokenizer = try readTokenizer(folder: folder) }
    }
}
