import Foundation
import Images
import Testing

/// `clip-train --objective` as a user meets it: pictures alone, texts alone, several at once, one run after another.
@Suite(.enabled(if: runsSlowTests), .serialized) struct ObjectiveRunTests {
    private let command = Command(name: "clip-train")

    /// Pictures with captions, pictures in classes, documents, rows of two texts, and sequences of symbols.
    private func workplace() throws -> TemporaryFolder {
        let folder = try TemporaryFolder(), shades: [UInt8] = [20, 70, 120, 170, 220]
        var table = "filepath\ttitle\n", documents = "", rows = "", symbols = ""
        for number in 0..<40 {
            let (top, bottom) = (shades[number % 5], shades[number / 5 % 5])
            let pixels = (0..<20).flatMap { row in
                (0..<20).flatMap { column in [row < 10 ? top : bottom, UInt8(number), column < 10 ? bottom : top] }
            }
            let png = Data(try Picture(height: 20, width: 20, pixels: pixels).pngBytes())
            try folder.write(png, to: "pairs/\(number).png")
            try folder.write(png, to: "classes/\(number % 2 == 0 ? "even" : "odd")/\(number).png")
            table += "\(number).png\tshade \(top) above \(bottom)\n"
            documents += "The number is \(number). It follows \(number + 1). Then comes \(number * 3).\n\n"
            rows += "number \(number)\tthe one before \(number + 1)\n"
            symbols +=
                "__label__\(number % 2) "
                + (0..<6).map { "s\((number * 7 + $0 * (1 + number % 2)) % 9)" }
                .joined(separator: " ") + "\n"
        }
        try folder.write(table, to: "pairs/captions.tsv")
        try folder.write(documents, to: "documents.txt")
        try folder.write(rows, to: "rows.tsv")
        try folder.write(symbols, to: "symbols.txt")
        try folder.write(
            """
            {"embed_dim": 16,
             "vision_cfg": {"image_size": 16, "layers": 1, "width": 16, "head_width": 8, "patch_size": 8},
             "text_cfg": {"context_length": 16, "vocab_size": 600, "width": 16, "heads": 2, "layers": 1}}
            """, to: "tiny.json")
        return folder
    }

    private let model = ["--model", "tiny.json", "--batch-size", "8", "--seed", "7"]

    private static let recipes: [(data: String, objectives: [String], more: [String])] = [
        ("pairs", ["clip", "simclr=0.5", "mlm=0.2"], ["--decoupled"]), ("pairs", ["siglip", "mae", "simcse"], []),
        ("pairs", ["clip", "simclr=0.5"], ["--pictures", "classes"]),
        ("classes", ["simclr"], []), ("classes", ["moco", "simmim"], []), ("classes", ["moco-v2", "mae"], []),
        ("documents.txt", ["adjacent", "same-document", "mlm", "tsdae"], []), ("documents.txt", ["cpc", "nsp"], []),
        ("documents.txt", ["simcse", "span"], ["--text-pooling", "attention"]),
        ("rows.tsv", ["paraphrase"], ["--text-pooling", "weighted"]),
        ("symbols.txt", ["mlm", "same-document", "cpc"], ["--tokenizer", "symbols"]),
    ]

    @Test(arguments: recipes.indices)
    func `a run that was killed ends with the bytes of one that was not, for any number of threads`(index: Int) throws {
        let folder = try workplace(), recipe = Self.recipes[index]
        let asked =
            [recipe.data] + recipe.objectives.flatMap { ["--objective", $0] } + recipe.more + model
            + ["--steps", "24", "--checkpoint-steps", "5"]
        let whole = try command.run(asked + ["--output", "whole", "--threads", "2", "--json"], in: folder)
        #expect(whole.code == 0, "\(whole.talk)")
        let step = try #require(whole.events.first { $0["event"] as? String == "step" })
        let named = Set(recipe.objectives.map { String($0.prefix { $0 != "=" }) })
        if named.count > 1 { #expect(Set((step["losses"] as? [String: Any] ?? [:]).keys) == named) }
        let killed = try command.run(asked + ["--output", "killed", "--threads", "1", "--json"], in: folder) {
            process, output in
            if output.contains("\"event\":\"checkpoint\"") { kill(process.processIdentifier, SIGKILL) }
        }
        #expect(killed.code == SIGKILL)
        let resumed = try command.run(["--resume", "killed", "--threads", "3"], in: folder)
        #expect(resumed.code == 0, "\(resumed.talk)")
        #expect(try folder.read("killed/model.safetensors") == folder.read("whole/model.safetensors"))
    }

    @Test func `towers that learnt alone are where a pair begins`() throws {
        let folder = try workplace()
        for (data, objective, run) in [("classes", "simclr", "pictures"), ("pairs", "mlm", "words")] {
            let more = objective == "mlm" ? ["--objective", "clip=0.1"] : []
            let outcome = try command.run(
                [data, "--objective", objective] + more + model + ["--steps", "3", "--output", run], in: folder)
            #expect(outcome.code == 0, "\(outcome.talk)")
        }
        let outcome = try command.run(
            ["pairs", "--init", "pictures", "--lr", "0"] + model + ["--steps", "1", "--output", "both"], in: folder)
        #expect(outcome.code == 0, "\(outcome.talk)")
        let words = try command.run(
            ["pairs", "--init", "words"] + model + ["--steps", "2", "--output", "again"], in: folder)
        #expect(words.code == 0, "\(words.talk)")
        let wrong = try command.run(
            ["documents.txt", "--objective", "mlm", "--init", "pictures"] + model + ["--steps", "1", "--output", "no"],
            in: folder)
        #expect(wrong.code == 78 && wrong.talk.contains("no tower that this run trains"), "\(wrong.talk)")
    }

    @Test(arguments: [
        ("pairs", "adjacent", 65), ("documents.txt", "paraphrase", 65), ("classes", "clip=0", 78),
        ("classes", "nothing", 78),
        ("documents.txt", "simclr", 65), ("pairs", "clip --objective adjacent", 78),
        ("pairs", "clip --pictures classes", 78), ("classes", "simclr --pictures pairs", 78),
    ])
    func `what the data cannot feed is one line that names what is missing`(
        data: String, objective: String, code: Int32
    ) throws {
        let folder = try workplace()
        let words = objective.split(separator: " ").map(String.init)
        let outcome = try command.run(
            [data, "--objective"] + words + model + ["--steps", "1", "--output", "run"], in: folder)
        #expect(outcome.code == code, "\(outcome.talk)")
        let lines = outcome.talk.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("clip-train: cannot "), "\(outcome.talk)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/run"))
    }
}
