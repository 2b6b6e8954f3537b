import ArgumentParser

/// What `clip-index` does beside building: each is told by its first word.
///
/// None is a subcommand of another, so that `clip-index --help` and its failures tell the options of `build`.
private let verbs: [(word: String, command: any ParsableCommand.Type)] = [
    ("build", ClipIndex.self), ("add", AddToIndex.self), ("remove", RemoveFromIndex.self),
    ("info", ShowIndex.self), ("optimize", OptimizeIndex.self), ("verify", VerifyIndex.self),
    ("duplicates", FindDuplicates.self), ("graph", WriteGraph.self), ("export", ExportIndex.self),
    ("import", ImportVectors.self), (CompareTransforms.verb, CompareTransforms.self),
]

/// `clip-index [VERB] …`; without a verb it builds. A folder that is called like a verb is given as `./add`.
@main enum ClipIndexVerbs {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        if let verb = verbs.first(where: { $0.word == words.first }) {
            verb.command.main(Array(words.dropFirst()))
        } else {
            ClipIndex.main(words)
        }
    }
}
