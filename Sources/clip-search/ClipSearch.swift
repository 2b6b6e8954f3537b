import ArgumentParser
import Failures
import Retrieval
import Terminal

@main struct ClipSearch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-search",
        abstract: "Print the pictures or texts nearest to words or to a picture, best first: rank, score, path.",
        discussion: """
            Several words and pictures add up, each with a weight if one is given: \
            clip-search X "2:dog" --plus "snow" --minus "beach" --image photo.jpg

            With --vector, each line has the query's number first where there are several, and the number of the hit \
            before its name.
            """)

    @Argument(help: "Index built by clip-index.") var index: String
    @Argument(help: "What to look for, in plain words; 2:words counts twice.") var words: [String] = []
    @Option(help: "A picture to look for (\(readablePictures)); 2:FILE counts twice.") var image: [String] = []
    @Option(help: "Words, or a picture's path, that are added to the query.") var plus: [String] = []
    @Option(help: "Words, or a picture's path, that are taken off the query.") var minus: [String] = []
    @Option(name: .customLong("similar-to"), help: "A picture inside the index, whose neighbours are printed.")
    var similarTo: String?
    @Option(help: "A file of vectors (.npy, .fvecs, .jsonl), each of them a query; needs no model.") var vector: String?
    @Flag(help: "Print groups of pictures that show the same: group, score, path.") var duplicates = false
    @Option(name: .short, help: "How many pictures or passages to print. (default: 10; all with --at-least)") var k:
        Int?
    @Option(help: "Print all whose score reaches this; every one is looked at.") var atLeast: Float?
    @Option(help: "Search only among these: a number, a path, or a folder; any number of times.") var among: [String] =
        []
    @Option(help: "The same from a file: one number or path a line.") var amongFile: String?
    @Option(help: "How passages of texts are found: meaning, words, both. (default: both)") var match: TextMatch?
    @Option(help: "The share of the nearest that a search of a large index finds; more is slower. (default: 0.95)")
    var recall: Double?
    @Option(help: "Inverted lists of a large index to visit, in the place of as many as --recall takes.")
    var nprobe: Int?
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard k ?? 1 > 0 else { throw ValidationError("-k must be at least 1, found \(k ?? 0)") }
        guard nprobe ?? 1 > 0 else { throw ValidationError("--nprobe must be at least 1, found \(nprobe ?? 0)") }
        guard (0...1).contains(recall ?? 1) else {
            throw ValidationError("--recall must lie between 0 and 1, found \(recall ?? 0)")
        }
        guard recall == nil || nprobe == nil else {
            throw ValidationError("--nprobe says how many lists are visited: leave --recall out")
        }
        let hasQuery = !(words.isEmpty && image.isEmpty && plus.isEmpty && minus.isEmpty)
        guard [hasQuery, similarTo != nil, duplicates, vector != nil].count(where: { $0 }) == 1 else {
            throw ValidationError(
                "give words or --image to look for, or --similar-to, or --vector, or --duplicates: one of the four")
        }
        guard among.isEmpty && amongFile == nil || !duplicates else {
            throw ValidationError("--duplicates looks at all pictures: leave --among out")
        }
        guard vector == nil || (output.sheet == nil && output.html == nil) else {
            throw ValidationError("--vector prints, and draws nothing: leave --sheet and --html out")
        }
    }

    func run() throws {
        reportingFailures(from: "clip-search") { () throws(Failure) in
            let limits = try limits()
            if let vector { return try output.write(try searchVectors(index, queries: vector, limits)) }
            if var texts = try TextSearch(index) {
                let query = try textQuery()
                var encoder = try texts.encoder()
                let hits = try texts.nearest(
                    k ?? 10, to: query, &encoder, by: match ?? .both, recall: recall, nprobe: nprobe)
                return try output.write(hits)
            }
            guard match == nil else { throw unfit("--match", "its index holds pictures") }
            var search = try PictureSearch(index)
            if duplicates {
                try output.write(groups: try search.duplicates())
            } else if let similarTo {
                let hits = try search.nearest(limits, toIndexed: similarTo)
                try output.write(hits, of: "similar to \(similarTo)")
            } else {
                let query = query
                var encoder = try search.encoder()
                try output.write(try search.nearest(limits, to: query, &encoder), of: query.description)
            }
        }
    }

    /// Which embeddings the search may find.
    private func limits() throws(Failure) -> SearchLimits {
        var limits = SearchLimits()
        limits.k = k ?? (atLeast == nil ? 10 : nil)
        (limits.leastScore, limits.recall, limits.nprobe) = (atLeast, recall, nprobe)
        if !among.isEmpty || amongFile != nil {
            let lines: [String] = if let amongFile { try readLines(amongFile) } else { [] }
            limits.among = among + lines
        }
        return limits
    }

    /// The words that are looked for in texts.
    private func textQuery() throws(Failure) -> String {
        let unfitting: [(String, Bool)] = [
            ("--image", !image.isEmpty), ("--plus", !plus.isEmpty), ("--minus", !minus.isEmpty),
            ("--similar-to", similarTo != nil), ("--duplicates", duplicates), ("--sheet", output.sheet != nil),
            ("--html", output.html != nil), ("--at-least", atLeast != nil), ("--among", !among.isEmpty),
            ("--among-file", amongFile != nil),
        ]
        for (name, isGiven) in unfitting where isGiven { throw unfit(name, "its index holds texts") }
        return words.joined(separator: " ")
    }

    private func unfit(_ option: String, _ why: String) -> Failure {
        Failure(.badSettings, "cannot use option", at: option, because: why, try: "leave it out")
    }

    private var query: Query {
        Query(
            words.map { Query.Part(words: $0) } + image.map { Query.Part(picture: $0) }
                + plus.map { Query.Part(wordsOrPicture: $0) } + minus.map { Query.Part(wordsOrPicture: $0).negated })
    }
}
