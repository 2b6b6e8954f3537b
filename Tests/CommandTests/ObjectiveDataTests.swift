import Foundation
import Images
import Testing

/// What a run evaluates, which data feeds it, and what it leaves behind, as a user meets it.
@Suite(.enabled(if: runsSlowTests), .serialized) struct ObjectiveDataTests {
    private let train = Command(name: "clip-train"), index = Command(name: "clip-index")
    private let search = Command(name: "clip-search")
    private let model = ["--model", "tiny.json", "--batch-size", "8", "--seed", "7"]

    /// Pairs, pictures in classes, and texts. No picture looks like another.
    private func workplace() throws -> TemporaryFolder {
        let folder = try TemporaryFolder(), colours = ["red", "green", "blue", "white", "black"]
        var table = "filepath\ttitle\n", luck = UInt64(1)
        for number in 0..<40 {
            var blocks: [UInt8] = [], pixels: [UInt8] = []
            for _ in 0..<25 {
                luck = luck &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                blocks.append(UInt8(truncatingIfNeeded: luck >> 40))
            }
            for place in 0..<400 {
                let block = blocks[place / 80 * 5 + place % 20 / 4]
                pixels += [block, UInt8(6 * number), blocks[place % 20 / 4]]
            }
            let png = Data(try Picture(height: 20, width: 20, pixels: pixels).pngBytes())
            let (above, below) = (colours[number % 5], colours[number / 5 % 5])
            try folder.write(png, to: "data/pictures/\(number).png")
            try folder.write(png, to: "classes/\(above)/\(number).png")
            table += "pictures/\(number).png\t\(above) above \(below), \(number)\n"
        }
        try folder.write(table, to: "data/captions.tsv")
        try folder.write(
            """
            {"embed_dim": 16,
             "vision_cfg": {"image_size": 16, "layers": 1, "width": 16, "head_width": 8, "patch_size": 8},
             "text_cfg": {"context_length": 16, "vocab_size": 600, "width": 16, "heads": 2, "layers": 1}}
            """, to: "tiny.json")
        let numbers = Array(0..<24)
        try folder.write(numbers.map { "number \($0)\tthe one before \($0 + 1)\n" }.joined(), to: "rows.tsv")
        try folder.write(
            "sentence1\tsentence2\tscore\n"
                + numbers.map { "red above \($0)\tblue above \($0 * 3 % 7)\t\(Double($0 % 6) * 0.8)\n" }.joined(),
            to: "sts.tsv")
        try folder.write(numbers.map { "number \($0)\tits twin \($0)\n" }.joined(), to: "held.tsv")
        return folder
    }

    private func evaluation(_ outcome: Command.Outcome) throws -> [String: Any] {
        #expect(outcome.code == 0, "\(outcome.talk)")
        return try #require(outcome.events.last { $0["event"] as? String == "evaluation" }, "\(outcome.talk)")
    }

    /// The value at a path of keys.
    private func value(_ keys: String, _ json: [String: Any]) -> Any? {
        keys.split(separator: "/").reduce(json as Any?) { ($0 as? [String: Any])?[String($1)] }
    }

    // MARK: - Prefixes

    @Test(arguments: [("data", "clip"), ("classes", "moco"), ("rows.tsv", "paraphrase")])
    func `embeddings learnt at several lengths are evaluated at each, and a killed run ends with the same bytes`(
        data: String, objective: String
    ) throws {
        let folder = try workplace()
        let asked =
            [data, "--objective", objective, "--matryoshka", "4,8", "--steps", "20", "--checkpoint-steps", "4"] + model
        let whole = try train.run(asked + ["--output", "whole", "--threads", "2", "--json"], in: folder)
        let found = try evaluation(whole)
        let recall = ["clip": "text_to_image", "moco": "neighbors", "paraphrase": "text_to_text"][objective] ?? ""
        for length in ["4", "8"] { #expect(value("prefixes/\(length)/\(recall)", found) != nil, "\(found)") }
        #expect(whole.talk.contains("first 4 numbers: ") && whole.talk.contains("first 8 numbers: "), "\(whole.talk)")
        let record = try #require(
            JSONSerialization.jsonObject(with: folder.read("whole/run.json")) as? [String: Any])
        #expect(value("settings/matryoshka", record) as? [Int] == [4, 8])
        let killed = try train.run(asked + ["--output", "killed", "--threads", "1", "--json"], in: folder) {
            process, output in
            if output.contains("\"event\":\"checkpoint\"") { kill(process.processIdentifier, SIGKILL) }
        }
        #expect(killed.code == SIGKILL)
        let resumed = try train.run(["--resume", "killed", "--matryoshka", "4,8"], in: folder)
        #expect(resumed.code == 0, "\(resumed.talk)")
        #expect(try folder.read("killed/model.safetensors") == folder.read("whole/model.safetensors"))
        let plain = try train.run(
            [data, "--objective", objective, "--steps", "20", "--output", "plain"] + model, in: folder)
        #expect(plain.code == 0, "\(plain.talk)")
        #expect(try folder.read("plain/model.safetensors") != folder.read("whole/model.safetensors"))
    }

    // MARK: - Evaluation

    @Test func `classes are named by neighbours and by a linear probe, with chance and interval`() throws {
        let folder = try workplace()
        let outcome = try train.run(
            ["classes", "--objective", "simclr", "--val-split", "0.3", "--steps", "4", "--output", "run", "--json"]
                + model,
            in: folder)
        let found = try evaluation(outcome)
        for kind in ["neighbors", "probe"] {
            for key in ["accuracy", "accuracy_interval", "queries", "candidates", "chance"] {
                #expect(value("\(kind)/\(key)", found) != nil, "\(kind)/\(key)")
            }
        }
        for key in ["uniformity", "rank", "collapse"] {
            #expect(value("space/pictures/\(key)", found) != nil, "\(key)")
        }
        #expect(outcome.talk.contains("class by a linear probe: "), "\(outcome.talk)")
    }

    @Test func `pictures without classes find their other view, and lie as the log says`() throws {
        let folder = try workplace()
        try folder.remove("data/captions.tsv")
        let found = try evaluation(
            try train.run(
                ["data/pictures", "--objective", "mae", "--steps", "3", "--output", "run", "--json"] + model, in: folder
            ))
        for key in ["view_to_view/recall_at_10_interval", "space/pictures/uniformity", "space/alignment"] {
            #expect(value(key, found) != nil, "\(key)")
        }
    }

    @Test func `texts with scores and texts that belong together are evaluated beside pairs and beside texts`() throws {
        let folder = try workplace()
        let pairs = try train.run(
            ["data", "--val-data", "sts.tsv", "--val-data", "held.tsv", "--steps", "3", "--output", "pairs", "--json"]
                + model,
            in: folder)
        let beside = try evaluation(pairs)
        for key in [
            "text_to_image", "files/sts.tsv/similarity/spearman_interval", "files/sts.tsv/similarity/chance",
            "files/held.tsv/text_to_text/recall_at_10_interval", "space/gap", "space/alignment", "space/texts/rank",
        ] { #expect(value(key, beside) != nil, "\(key): \(beside)") }
        #expect(value("files/sts.tsv/similarity/pairs", beside) as? Int == 24)
        #expect(pairs.talk.contains("sts.tsv: Spearman ") && pairs.talk.contains("held.tsv: R@1 "), "\(pairs.talk)")
        let texts = try train.run(
            [
                "rows.tsv", "--objective", "paraphrase", "--val-data", "held.tsv", "--val-data", "sts.tsv", "--steps",
                "3",
            ]
                + ["--output", "texts", "--json"] + model,
            in: folder)
        let alone = try evaluation(texts)
        #expect(value("text_to_text/queries", alone) as? Int == 24)
        for key in ["files/sts.tsv/similarity/pearson", "space/texts/collapse", "space/alignment"] {
            #expect(value(key, alone) != nil, "\(key)")
        }
        let scores = try train.run(
            ["rows.tsv", "--objective", "simcse", "--val-data", "sts.tsv", "--val-split", "0", "--steps", "3"]
                + ["--output", "scores", "--json"] + model,
            in: folder)
        #expect(scores.talk.contains("best rank correlation: "), "\(scores.talk)")
        let resumed = try train.run(
            ["--resume", "pairs", "--val-data", "held.tsv", "--val-data", "sts.tsv"], in: folder)
        #expect(resumed.code == 0, "\(resumed.talk)")
    }

    // MARK: - Data

    @Test(arguments: ["mlm", "simcse", "span", "tsdae"])
    func `captions are a corpus for what learns from texts`(objective: String) throws {
        let folder = try workplace()
        for data in ["data", "data/captions.tsv"] {
            let outcome = try train.run(
                [data, "--objective", objective, "--steps", "2", "--output", "run-\(data.count)"] + model, in: folder)
            #expect(outcome.code == 0 && outcome.talk.contains("captions of pictures"), "\(outcome.talk)")
            #expect(outcome.talk.contains("36 for training, 4 for validation"), "\(outcome.talk)")
        }
        let start = try train.run(
            ["data", "--init", "run-4", "--steps", "2", "--output", "both"] + model, in: folder)
        #expect(start.code == 0, "\(start.talk)")
    }

    @Test(arguments: ["attention", "class+mean"])
    func `a preset's picture tower pools in every way, in a pair and alone, and its run is indexed`(way: String) throws
    {
        let folder = try workplace()
        let pooled = ["--image-pooling", way, "--steps", "4"] + model
        let alone = try train.run(
            ["classes", "--objective", "simclr", "--output", "alone"] + pooled, in: folder)
        #expect(alone.code == 0, "\(alone.talk)")
        let both = try train.run(["data", "--init", "alone", "--output", "run"] + pooled, in: folder)
        #expect(both.code == 0, "\(both.talk)")
        #expect(try String(decoding: folder.read("run/config.json"), as: UTF8.self).contains("\"\(way)\""))
        let open = try train.run(
            ["data", "--init", "alone", "--steps", "1", "--output", "taken"] + model, in: folder)
        #expect(open.code == 0, "\(open.talk)")
        #expect(try String(decoding: folder.read("taken/config.json"), as: UTF8.self).contains("\"\(way)\""))
        let resumed = try train.run(["--resume", "run"], in: folder)
        #expect(resumed.code == 0, "\(resumed.talk)")
        let built = try index.run(["data", "--model", "run", "--output", "index"], in: folder)
        #expect(built.code == 0, "\(built.talk)")
        let hits = try search.run(["index", "red above blue", "--json"], in: folder)
        #expect(hits.code == 0 && hits.events.count == 10, "\(hits.talk)")
    }

    @Test func `a picture tower alone indexes pictures and finds them by pictures, and reads no words`() throws {
        let folder = try workplace()
        let run = try train.run(
            ["classes", "--objective", "simclr", "--steps", "4", "--output", "run"] + model, in: folder)
        #expect(run.code == 0 && run.talk.contains("clip-index PICTURES --model run"), "\(run.talk)")
        let built = try index.run(
            ["data/pictures", "--model", "run", "--output", "index", "--vectors", "v.npy"], in: folder)
        #expect(built.code == 0 && built.talk.contains("40 pictures in index"), "\(built.talk)")
        try folder.remove("run")
        let hits = try search.run(["index", "--image", "data/pictures/7.png", "--json"], in: folder)
        let first = try #require(hits.events.first, "\(hits.talk)")
        #expect((first["path"] as? String)?.hasSuffix("/7.png") == true)
        #expect(abs((first["score"] as? Double ?? 0) - 1) < 1e-4)
        let similar = try search.run(["index", "--similar-to", "data/pictures/7.png", "--json"], in: folder)
        #expect(similar.code == 0 && similar.events.count == 10, "\(similar.talk)")
        let words = try search.run(["index", "red above blue"], in: folder)
        #expect(words.code == 78 && words.talk.contains("reads none"), "\(words.talk)")
        #expect(words.talk.split(separator: "\n").count == 1, "\(words.talk)")
        let texts = try train.run(
            ["rows.tsv", "--objective", "simcse", "--steps", "1", "--output", "texts"] + model, in: folder)
        #expect(texts.code == 0, "\(texts.talk)")
        let blind = try index.run(["data/pictures", "--model", "texts", "--output", "none"], in: folder)
        #expect(blind.code == 78 && blind.talk.contains("has no picture tower"), "\(blind.talk)")
        #expect(blind.talk.split(separator: "\n").count == 1 && !folder.exists("none"), "\(blind.talk)")
        let compared = try index.run(["transforms", "v.npy", "--transform", "prefix:8"], in: folder)
        #expect(compared.code == 0 && compared.output.contains("prefix"), "\(compared.talk)")
    }

    // MARK: - What cannot be

    private static let refusals: [(files: [String: String], arguments: [String], code: Int32, words: String)] = [
        (["bad.txt": "caf\u{1}"], ["bad.txt", "--objective", "mlm"], 65, "not UTF-8"),
        (["empty.txt": ""], ["empty.txt", "--objective", "mlm"], 65, "the file is empty"),
        (["blank.txt": "\n \n\n"], ["blank.txt", "--objective", "mlm"], 65, "no usable text"),
        (["one.txt": "One sentence only.\n"], ["one.txt", "--objective", "simcse"], 65, "one sentence only"),
        (["a/1.txt": "", "a/2.txt": " \n"], ["a", "--objective", "mlm"], 65, "no usable text"),
        (["two.txt": "One. Two.\n"], ["two.txt", "--objective", "simcse"], 65, "found 1 usable"),
        ([:], ["data", "--objective", "paraphrase"], 65, "two columns"),
        ([:], ["classes", "--objective", "mlm"], 65, "classes in the place of captions"),
        ([:], ["data/pictures", "--objective", "simcse"], 65, "no pictures with captions found"),
        ([:], ["rows.tsv", "--objective", "simclr"], 65, "picture"),
        ([:], ["rows.tsv"], 65, "picture"),
        (
            ["flat.txt": "one\ntwo\nthree\n"], ["flat.txt", "--objective", "cpc"], 65, "no document has"
        ),
        ([:], ["single", "--objective", "simclr"], 65, "found 1 usable"),
        ([:], ["data", "--objective", "simclr", "--batch-size", "1"], 78, "--batch-size"),
        ([:], ["data", "--objective", "mae", "--matryoshka", "4"], 78, "nothing in mae compares embeddings"),
        ([:], ["data", "--matryoshka", "4,16"], 78, "found 16, and the embeddings of the model have 16"),
        ([:], ["classes", "--objective", "simclr", "--val-data", "sts.tsv"], 78, "no text tower"),
        ([:], ["data", "--val-data", "data", "--val-data", "classes"], 78, "classes is a second set"),
    ]

    @Test(arguments: refusals.indices)
    func `what cannot be learnt from is one line, and leaves no run`(number: Int) throws {
        let folder = try workplace(), refusal = Self.refusals[number]
        for (name, text) in refusal.files {
            try folder.write(Data(text.utf8.map { $0 == 1 ? 0xE9 : $0 }), to: name)
        }
        try folder.write(try folder.read("data/pictures/7.png"), to: "single/red/1.png")
        let small = refusal.arguments.contains("--batch-size") ? Array(model.prefix(2)) : model
        let outcome = try train.run(refusal.arguments + small + ["--steps", "1", "--output", "run"], in: folder)
        #expect(outcome.code == refusal.code, "\(refusal.arguments): \(outcome.talk)")
        let lines = outcome.talk.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("clip-train: cannot "), "\(outcome.talk)")
        #expect(lines.first?.contains(refusal.words) == true, "\(refusal.arguments): \(outcome.talk)")
        #expect(!folder.exists("run"))
    }

    @Test func `a batch is no larger than the data`() throws {
        let folder = try workplace()
        for name in ["1.png", "2.png"] { try folder.write(try folder.read("data/pictures/\(name)"), to: "two/\(name)") }
        let outcome = try train.run(
            ["two", "--objective", "moco", "--val-split", "0", "--steps", "2", "--output", "run"] + model, in: folder)
        #expect(outcome.code == 0 && outcome.talk.contains("batches of 2"), "\(outcome.talk)")
    }

    @Test func `a class with one picture, and bad lines among good ones, stop no run`() throws {
        let folder = try workplace()
        try folder.write(try folder.read("data/pictures/7.png"), to: "classes/lonely/1.png")
        let pictures = try train.run(
            ["classes", "--objective", "simclr", "--steps", "2", "--output", "pictures"] + model, in: folder)
        #expect(pictures.code == 0, "\(pictures.talk)")
        var lines = Data((0..<20).map { "sentence number \($0)\n" }.joined().utf8)
        lines += Data([0x63, 0x61, 0x66, 0xE9, 0x0A])
        try folder.write(lines, to: "lines.txt")
        let texts = try train.run(
            ["lines.txt", "--objective", "mlm", "--steps", "2", "--output", "texts"] + model, in: folder)
        #expect(texts.code == 0 && texts.talk.contains("1 samples were skipped"), "\(texts.talk)")
        #expect(try String(decoding: folder.read("texts/skipped.jsonl"), as: UTF8.self).contains("not UTF-8"))
    }
}
