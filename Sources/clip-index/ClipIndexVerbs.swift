import ArgumentParser

/// `clip-index PICTURES …` makes an index, and `clip-index transforms …` is told by its first word.
///
/// Neither is a subcommand of the other, so that `clip-index --help` and its failures tell the options of the former.
@main enum ClipIndexVerbs {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        if words.first == CompareTransforms.verb {
            CompareTransforms.main(Array(words.dropFirst()))
        } else {
            ClipIndex.main(words)
        }
    }
}
