import Foundation
import Images
import Testing

/// `clip-train` as a user meets it: files in, files and exit codes out.
@Suite(.enabled(if: runsSlowTests), .serialized) struct ClipTrainTests {
    private let command = Command(name: "clip-train")

    /// A folder with 48 pictures of two colours, their captions, and a model that trains in milliseconds.
    private func workplace() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let colours: [(String, [UInt8])] = [
            ("red", [220, 30, 30]), ("green", [30, 200, 40]), ("blue", [30, 40, 220]), ("yellow", [230, 220, 30]),
            ("white", [250, 250, 250]), ("black", [10, 10, 10]), ("orange", [240, 140, 20]),
        ]
        var table = "filepath\ttitle\n", number = 0
        for (above, top) in colours {
            for (below, bottom) in colours where above != below {
                let pixels = (0..<20).flatMap { row in (0..<20).flatMap { _ in row < 10 ? top : bottom } }
                let picture = Picture(height: 20, width: 20, pixels: pixels)
                try folder.write(Data(picture.pngBytes()), to: "data/pictures/\(number).png")
                table += "pictures/\(number).png\t\(above) above \(below)\n"
                number += 1
            }
        }
        try folder.write(table, to: "data/captions.tsv")
        try folder.write((0..<6).map { "pictures/\($0 * 7).png\n" }.joined(), to: "data/validation.txt")
        try folder.write(
            """
            {"embed_dim": 16,
             "vision_cfg": {"image_size": 16, "layers": 1, "width": 16, "head_width": 8, "patch_size": 8},
             "text_cfg": {"context_length": 16, "vocab_size": 600, "width": 16, "heads": 2, "layers": 1}}
            """, to: "tiny.json")
        return folder
    }

    private let options = ["data", "--model", "tiny.json", "--batch-size", "12", "--seed", "7"]

    private func weights(_ run: String, in folder: TemporaryFolder) throws -> Data {
        try folder.read("\(run)/model.safetensors")
    }

    @Test func `a run directory holds a model, its tokenizer, its log and its best`() throws {
        let folder = try workplace()
        let outcome = try command.run(options + ["--steps", "6", "--output", "run", "--json"], in: folder)
        #expect(outcome.code == 0, "\(outcome.talk)")
        for name in [
            "config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json", "vocab.json",
            "merges.txt", "open_clip_config.json", "run.json", "log.jsonl", "skipped.jsonl", "best/model.safetensors",
            "best/tokenizer.json", "checkpoint/position.json", "caption-stock.txt", "best/caption-stock.txt",
        ] {
            #expect(FileManager.default.fileExists(atPath: "\(folder.path)/run/\(name)"), "\(name)")
        }
        let stock = String(decoding: try folder.read("run/caption-stock.txt"), as: UTF8.self).split(separator: "\n")
        #expect(stock.count == 36 && Set(stock).count == 36 && stock.allSatisfy { $0.contains(" above ") })
        let names = outcome.events.compactMap { $0["event"] as? String }
        #expect(names.first == "start" && names.last == "done" && names.count { $0 == "step" } == 6)
        #expect(names.contains("evaluation") && names.contains("checkpoint"))
        let log = String(decoding: try folder.read("run/log.jsonl"), as: UTF8.self)
        #expect(log == outcome.output)
    }

    @Test func `a run killed in an epoch ends with the bytes of one that was not, for any number of threads`() throws {
        let folder = try workplace(),
            length = [
                "--steps", "150", "--checkpoint-steps", "7", "--ema", "0.9", "--val-frequency", "20", "--patch-dropout",
                "0.25", "--micro-batch", "5", "--resolution-schedule", "8:0.5",
            ]
        let whole = try command.run(options + length + ["--output", "whole", "--threads", "2"], in: folder)
        #expect(whole.code == 0, "\(whole.talk)")
        let killed = try command.run(
            options + length + ["--output", "killed", "--threads", "1", "--json"], in: folder
        ) { process, output in
            if output.contains("\"event\":\"checkpoint\"") { kill(process.processIdentifier, SIGKILL) }
        }
        #expect(killed.code == SIGKILL)
        #expect(killed.events.count { $0["event"] as? String == "step" } < 150)
        let resumed = try command.run(["--resume", "killed", "--threads", "3", "--json"], in: folder)
        #expect(resumed.code == 0, "\(resumed.talk)")
        #expect((resumed.events.first?["step"] as? Int ?? 0) >= 7, "it must go on, not begin again")
        #expect(try weights("killed", in: folder) == weights("whole", in: folder))
        #expect(try weights("killed/best", in: folder) == weights("whole/best", in: folder))
        let steps = String(decoding: try folder.read("killed/log.jsonl"), as: UTF8.self).split(separator: "\n")
        #expect(steps.count { $0.contains("\"event\":\"step\"") } == 150, "the log must hold every step once")
    }

    @Test func `Ctrl-C ends with a checkpoint and code 130`() throws {
        let folder = try workplace()
        let length = ["--steps", "400", "--output", "run", "--json"]
        var isSent = false  // a second one would end the command at once
        let stopped = try command.run(options + length, in: folder) { process, output in
            guard !isSent, output.contains("\"step\":5,") else { return }
            isSent = true
            process.interrupt()
        }
        #expect(stopped.code == 130)
        #expect(stopped.talk.contains("go on with --resume run"))
        #expect(stopped.events.last?["event"] as? String == "checkpoint")
        let resumed = try command.run(["data", "--resume", "run"], in: folder)
        #expect(resumed.code == 0, "\(resumed.talk)")
    }

    @Test func `a budget in minutes is kept`() throws {
        let folder = try workplace(), start = ContinuousClock.now
        let outcome = try command.run(options + ["--minutes", "0.1", "--output", "run", "--json"], in: folder)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(outcome.code == 0 && seconds < 6.6, "\(seconds) s: \(outcome.talk)")
        let rates = outcome.events.compactMap { $0["learning_rate"] as? Double }
        #expect((rates.last ?? 1) < 0.05 * (rates.max() ?? 0), "the schedule must reach its end")
    }

    @Test func `unusable input is one line and the right code, and leaves nothing behind`() throws {
        let folder = try workplace()
        try folder.write("filepath\ttitle\nnone.png\ta picture\n", to: "lost/captions.tsv")
        try folder.write("text", to: "file")
        let cases: [([String], Int32, String)] = [
            (["nowhere"], 66, "nowhere"), (["lost"], 65, "lost"), (["data", "--val-data", "nowhere"], 66, "nowhere"),
            (["data", "--output", "file/run"], 73, "file/run"), (["data", "--output", "data"], 78, "data"),
            (["data", "--batch-size", "1"], 78, "--batch-size"), (["data", "--model", "vit-huge"], 78, "vit-huge"),
            (["--resume", "data"], 66, "data"), ([], 64, ""), (["data", "--lr"], 64, ""),
        ]
        for (arguments, code, place) in cases {
            let outcome = try command.run(arguments, in: folder)
            #expect(outcome.code == code, "\(arguments): \(outcome.talk)")
            guard code != 64 else { continue }
            let lines = outcome.talk.split(separator: "\n")
            #expect(lines.count == 1 && lines[0].hasPrefix("clip-train: ") && lines[0].contains(place), "\(lines)")
        }
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/runs"))
    }

    @Test func `a checkpoint of another shape is refused`() throws {
        let folder = try workplace()
        for (run, extra) in [("one", []), ("two", ["--context-length", "12"])] {
            _ = try command.run(options + ["--steps", "2", "--output", run] + extra, in: folder)
        }
        for table in ["weights", "first_moments", "second_moments"] {
            try folder.write(
                folder.read("two/checkpoint/\(table)-2.safetensors"), to: "one/checkpoint/\(table)-2.safetensors")
        }
        let outcome = try command.run(["--resume", "one"], in: folder)
        #expect(
            outcome.code == 78 && outcome.talk.contains("found shape [12, 16], expected [16, 16]"), "\(outcome.talk)")
    }

    @Test func `a full disk is one line, and the last checkpoint stays whole`() throws {
        let folder = try workplace()
        let full = try command.run(options + ["--steps", "6", "--output", "none"], in: folder, fileLimit: 60)
        #expect(full.code == 73 && full.talk.split(separator: "\n").count { $0.hasPrefix("clip-train: ") } == 1)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/none"), "nothing half-written stays")
        let begun = ["--steps", "400", "--checkpoint-steps", "50", "--output", "run"]
        let stopped = try command.run(options + begun, in: folder, fileLimit: 200)
        #expect(stopped.code == 73 && stopped.talk.contains("run/log.jsonl"), "\(stopped.talk)")
        let resumed = try command.run(["--resume", "run"], in: folder)
        #expect(resumed.code == 0, "\(resumed.talk)")
    }

    @Test func `pictures that cannot be read are skipped and listed`() throws {
        let folder = try workplace()
        try folder.write("no picture", to: "data/pictures/0.png")
        try folder.write(Data(), to: "data/pictures/9.png")
        let outcome = try command.run(options + ["--steps", "12", "--output", "run"], in: folder)
        #expect(outcome.code == 0 && outcome.talk.contains("skipped.jsonl"), "\(outcome.talk)")
        let skipped = String(decoding: try folder.read("run/skipped.jsonl"), as: UTF8.self)
        #expect(skipped.contains("pictures/0.png") && skipped.contains("pictures/9.png"))
    }
}
