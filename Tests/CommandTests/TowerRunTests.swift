import Foundation
import Testing

/// Runs with towers that were trained elsewhere: small random ones, as transformers wrote them.
@Suite(.enabled(if: runsSlowTests), .serialized) struct TowerRunTests {
    private static let fixtures =
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/golden/towers").path
    private let command = Command(name: "clip-train")

    /// Pictures with captions, and beside them the folders of both towers.
    private func workplace() throws -> TemporaryFolder {
        let folder = try trainedFolder()
        for (name, files) in [
            ("dinov2", ["config.json", "model.safetensors"]), ("bert", ["config.json", "model.safetensors"]),
        ] {
            for file in files {
                let bytes = try Data(contentsOf: URL(filePath: "\(Self.fixtures)/\(name)/\(file)"))
                try folder.write(bytes, to: "towers/\(name)/\(file)")
            }
        }
        try folder.write("pictures/red-blue.png\npictures/blue-red.png\n", to: "data/validation.txt")
        try folder.write(
            #"{"size": {"shortest_edge": 64}, "crop_size": 56, "image_mean": 0.5, "image_std": 0.25}"#,
            to: "towers/dinov2/preprocessor_config.json")
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "green", "blue", "yellow", "white", "black", "above"]
        try folder.write(words.map { $0 + "\n" }.joined(), to: "towers/bert/vocab.txt")
        return folder
    }

    private let options = [
        "data", "--image-tower", "towers/dinov2", "--text-tower", "towers/bert", "--projection-hidden", "32",
        "--projection-dim", "16", "--batch-size", "8", "--seed", "7",
    ]

    private func weights(_ run: String, in folder: TemporaryFolder) throws -> Data {
        try folder.read("\(run)/model-trained.safetensors")
    }

    @Test func `a run is complete by itself, and the next one knows the features`() throws {
        let folder = try workplace()
        let first = try command.run(
            options + [
                "--steps", "300", "--lr", "3e-3", "--projection-dropout", "0", "--output", "runs/one", "--json",
            ], in: folder)
        #expect(first.code == 0, "\(first.talk)")
        #expect(first.talk.contains("features of 30 pictures made"), "\(first.talk)")
        let losses = first.events.filter { $0["event"] as? String == "step" }.compactMap { $0["loss"] as? Double }
        #expect((losses.last ?? 9) < 0.5 * (losses.first ?? 0), "\(losses)")
        for file in [
            "config.json", "preprocessor_config.json", "vocab.txt", "model.safetensors.index.json",
            "model-trained.safetensors", "model-image-tower.safetensors", "model-text-tower.safetensors",
        ] {
            #expect(folder.exists("runs/one/\(file)") && folder.exists("runs/one/best/\(file)"), "\(file)")
        }
        let second = try command.run(options + ["--steps", "2", "--output", "runs/two"], in: folder)
        #expect(second.talk.contains("features of all pictures are known"), "\(second.talk)")
        let exported = try Command(name: "clip-export").run(
            ["runs/one", "--sentence-transformers", "sentences"], in: folder)
        #expect(exported.code == 0, "\(exported.talk)")
        let inside = try folder.names("sentences")
        #expect(
            inside == [
                "1_Pooling", "2_Dense", "3_Dense", "config.json", "model.safetensors", "modules.json",
                "sentence_bert_config.json", "vocab.txt",
            ])
        let again = try Command(name: "clip-export").run(
            ["runs/one", "--sentence-transformers", "sentences"], in: folder)
        #expect(again.code == 78 && again.talk.contains("not empty"))
        try folder.remove("towers")
        // With the features beside the run and without: the same embeddings.
        let plain = ["data/pictures", "--model", "moved/one", "--output", "plain"]
        let index = ["data/pictures", "--model", "runs/one/best", "--output", "index"]
        let indexed = try Command(name: "clip-index").run(index, in: folder)
        #expect(indexed.code == 0, "\(indexed.talk)")
        try folder.move("runs/one/best", to: "moved/one")
        #expect(try Command(name: "clip-index").run(plain, in: folder).code == 0)
        let vectors = try folder.names("index").first { $0.hasPrefix("segment") } ?? "none"
        #expect(try folder.read("index/\(vectors)") == folder.read("plain/\(vectors)"))
        try folder.remove("runs")
        try folder.remove("moved")
        let found = try Command(name: "clip-search").run(["index", "red above blue", "-k", "3", "--json"], in: folder)
        #expect(found.events.contains { ($0["path"] as? String)?.hasSuffix("red-blue.png") == true }, "\(found.output)")
    }

    @Test func `a run killed while features are made or steps are taken ends with the same bytes`() throws {
        let folder = try workplace()
        let length = ["--steps", "120", "--checkpoint-steps", "5", "--feature-views", "3", "--ema", "0.9"]
        let whole = try command.run(options + length + ["--output", "a/whole", "--threads", "2"], in: folder)
        #expect(whole.code == 0, "\(whole.talk)")
        for (run, sign) in [("b/features", "\"event\":\"features\""), ("c/steps", "\"event\":\"checkpoint\"")] {
            let killed = try command.run(
                options + length + ["--output", run, "--threads", "1", "--json"], in: folder
            ) { process, output in
                if output.contains(sign) { kill(process.processIdentifier, SIGKILL) }
            }
            #expect(killed.code == SIGKILL)
            let resumed = try command.run(["--resume", run, "--threads", "3"], in: folder)
            #expect(resumed.code == 0, "\(resumed.talk)")
            #expect(try weights(run, in: folder) == weights("a/whole", in: folder), "\(run)")
        }
    }

    @Test func `one tower of ours learns beside a locked one`() throws {
        let folder = try workplace()
        for (run, tower) in [
            ("text", ["--text-tower", "towers/bert"]), ("image", ["--image-tower", "towers/dinov2"]),
        ] {
            let asked = ["data", "--model", "tiny.json", "--steps", "3", "--batch-size", "8", "--projection", "linear"]
            let outcome = try command.run(asked + tower + ["--output", "runs/\(run)"], in: folder)
            #expect(outcome.code == 0, "\(outcome.talk)")
            let index = ["data/pictures", "--model", "runs/\(run)", "--output", "index-\(run)"]
            #expect(try Command(name: "clip-index").run(index, in: folder).code == 0)
        }
        let both = ["--no-lock-image", "--no-lock-text", "--steps", "2", "--output", "runs/open"]
        let open = try command.run(options + both, in: folder)
        #expect(open.code == 0 && folder.exists("runs/open/model.safetensors"), "\(open.talk)")
    }

    @Test func `what was learnt goes on learning, and blocks that are not unlocked stay`() throws {
        let folder = try workplace()
        let first = try command.run(options + ["--steps", "2", "--output", "runs/one"], in: folder)
        #expect(first.code == 0, "\(first.talk)")
        let more = ["data", "--pretrained", "runs/one", "--batch-size", "8", "--lr", "1e-2", "--tower-lr", "1e-2"]
        let length = ["--steps", "40", "--checkpoint-steps", "5", "--unlock-groups", "1"]
        let tuned = try command.run(more + length + ["--output", "runs/two"], in: folder)
        #expect(tuned.code == 0, "\(tuned.talk)")
        let killed = try command.run(
            more + length + ["--output", "runs/three", "--threads", "1", "--json"], in: folder
        ) { process, output in
            if output.contains("\"event\":\"checkpoint\"") { kill(process.processIdentifier, SIGKILL) }
        }
        #expect(killed.code == SIGKILL)
        #expect(try command.run(["--resume", "runs/three"], in: folder).code == 0)
        let (before, after) = (try tensors("runs/one/model-image-tower", folder), try tensors("runs/two/model", folder))
        #expect(try tensors("runs/three/model", folder) == after)
        #expect(before.keys.allSatisfy { after[$0] != nil })
        let moved = Set(before.keys.filter { before[$0] != after[$0] })
        #expect(!moved.isEmpty && moved.allSatisfy { $0.contains("layer.2.") || $0.contains("layernorm") }, "\(moved)")
        // By low-rank updates, only attention's matrices change, all in place of themselves.
        let low = ["--lora", "2", "--steps", "20", "--output", "runs/low"]
        let lora = try command.run(more + low, in: folder)
        #expect(lora.code == 0, "\(lora.talk)")
        let updated = try tensors("runs/low/model", folder)
        let changed = Set(before.keys.filter { before[$0] != updated[$0] })
        #expect(
            changed.count == 12 && changed.allSatisfy { $0.contains("attention") && $0.hasSuffix("weight") },
            "\(changed)")
        #expect(updated.keys.sorted() == after.keys.sorted())
        // A locked tower beside one that learns.
        let half = ["--lock-image", "--steps", "2", "--output", "runs/half"]
        #expect(try command.run(more + half, in: folder).code == 0)
        #expect(try tensors("runs/half/model-image-tower", folder) == before)
    }

    /// The bytes of each tensor of a safetensors file.
    private func tensors(_ name: String, _ folder: TemporaryFolder) throws -> [String: Data] {
        let file = try folder.read("\(name).safetensors")
        let length = file.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        let header = try JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: [String: Any]] ?? [:]
        return header.compactMapValues { tensor in
            (tensor["data_offsets"] as? [Int]).map { Data(file[8 + length + $0[0]..<8 + length + $0[1]]) }
        }
    }

    @Test func `a small model learns from the vectors of another`() throws {
        let folder = try workplace()
        let first = try command.run(options + ["--steps", "100", "--lr", "3e-3", "--output", "runs/one"], in: folder)
        #expect(first.code == 0, "\(first.talk)")
        let export = ["data/pictures", "--model", "runs/one", "--output", "index", "--vectors", "teacher.npy"]
        #expect(try Command(name: "clip-index").run(export, in: folder).code == 0)
        #expect(try folder.read("teacher.npy").count == 128 + 30 * 16 * 4)
        let taught = [
            "data", "--model", "tiny.json", "--batch-size", "8", "--steps", "150", "--lr", "3e-3", "--teacher",
            "teacher.npy",
        ]
        let outcome = try command.run(taught + ["--output", "runs/two", "--json"], in: folder)
        #expect(outcome.code == 0 && outcome.talk.contains("vectors of 28 pictures"), "\(outcome.talk)")
        let losses = outcome.events.compactMap { ($0["losses"] as? [String: Double])?["teacher"] }
        #expect(losses.count == 150 && (losses.last ?? 9) < 0.5 * (losses.first ?? 0), "\(losses)")
        // Pictures that the teacher does not know are left out; without any, there is nothing to learn.
        var list = String(decoding: try folder.read("teacher.txt"), as: UTF8.self)
        list.replace("black-blue", with: "nowhere")
        try folder.write(list, to: "teacher.txt")
        let fewer = try command.run(taught + ["--output", "runs/three"], in: folder)
        #expect(fewer.talk.contains("vectors of 27 pictures") && fewer.talk.contains("1 samples were skipped"))
        try folder.write(list.split(separator: "\n").map { _ in "none\n" }.joined(), to: "teacher.txt")
        let none = try command.run(taught + ["--output", "runs/four"], in: folder)
        #expect(none.code == 65 && none.talk.contains("0 of 28 pictures have one"), "\(none.talk)")
        #expect(!folder.exists("runs/four"))
    }

    @Test func `towers that do not fit are one line, and leave nothing behind`() throws {
        let folder = try workplace()
        try folder.write(#"{"model_type": "llama"}"#, to: "towers/other/config.json")
        try folder.write(
            Data(folder.read("towers/dinov2/model.safetensors").prefix(999)), to: "towers/cut/model.safetensors")
        for file in ["config.json", "preprocessor_config.json"] {
            try folder.write(folder.read("towers/dinov2/\(file)"), to: "towers/cut/\(file)")
        }
        for file in ["config.json", "model.safetensors"] {
            try folder.write(folder.read("towers/bert/\(file)"), to: "towers/words/\(file)")
        }
        try folder.write(
            (0..<17).map { "[CLS]\($0)\n" }.joined() + "[UNK]\n[CLS]\n[SEP]\n", to: "towers/words/vocab.txt")
        try folder.write("#!/bin/sh\n", to: "towers/recipe/prepare")
        let cases: [([String], Int32, String)] = [
            (["--image-tower", "towers/none"], 66, "towers/none"),
            (["--image-tower", "towers/recipe"], 66, "towers/recipe/prepare first"),
            (["--image-tower", "towers/other"], 78, "llama"), (["--image-tower", "towers/bert"], 78, "towers/bert"),
            (["--image-tower", "towers/cut"], 65, "towers/cut/model.safetensors"),
            (["--text-tower", "towers/words"], 78, "it has 20 tokens, the weights 16"),
            (["--image-tower", "towers/dinov2", "--image-layer", "4"], 78, "3 blocks"),
            (["--image-tower", "towers/dinov2", "--image-size", "50"], 78, "not a multiple of patch_size 14"),
            (["--pretrained", "towers/none"], 66, "towers/none"),
            (["--pretrained", "towers/dinov2", "--image-size", "28"], 78, "--image-size"),
            (["--image-layer", "2"], 78, "--image-layer"),
        ]
        for (arguments, code, words) in cases {
            let outcome = try command.run(["data", "--output", "run"] + arguments, in: folder)
            #expect(outcome.code == code, "\(arguments): \(outcome.talk)")
            let lines = outcome.talk.split(separator: "\n")
            #expect(lines.count == 1 && lines[0].contains(words), "\(arguments): \(lines)")
            #expect(!folder.exists("run"), "\(arguments)")
        }
    }
}
