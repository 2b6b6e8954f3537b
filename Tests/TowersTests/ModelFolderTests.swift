import Augmentations
import Autodiff
import Failures
import Foundation
import Kernels
import Layers
import Storage
import Tensors
import Testing

@testable import Towers

@Suite struct ModelFolderTests {
    private static func small(_ pooling: VisionConfiguration.Pooling = .classToken) throws -> ModelSettings {
        var vision = VisionConfiguration(), text = TextConfiguration()
        (vision.imageSize, vision.patchSize, vision.width, vision.headWidth, vision.layers) = (16, 8, 24, 8, 2)
        (text.contextLength, text.vocabSize, text.width, text.heads, text.layers) = (8, 20, 16, 2, 1)
        vision.pooling = pooling
        let model = ModelConfiguration(embedDim: 12, vision: vision, text: text)
        return try ModelSettings(model: .clip(model), preprocessing: Preprocessing(side: 16, resizeMode: .squash))
    }

    /// Writes a new model, behind a parameter that is none of its own; returns its floats.
    @discardableResult
    private static func write(_ settings: ModelSettings, seed: UInt64 = 1, to folder: String) throws -> [Float] {
        var store = ParameterStore()
        let other = store.declare("objective.head.weight", [3], .ones, decays: true)
        _ = Model(settings.model.plan, in: &store)
        let tape = Tape(parameters: store, seed: seed)
        try tape.readParameters { floats in
            try ModelFolder.write(settings, store, floats: floats, startToken: 18, endToken: 19, to: folder)
        }
        return tape.readParameters { floats in (other.count..<floats.count).map { floats[$0] } }
    }

    @Test(arguments: [VisionConfiguration.Pooling.classToken, .mean])
    func `what was written is read`(pooling: VisionConfiguration.Pooling) throws {
        try withTemporaryFolder { folder in
            let settings = try Self.small(pooling)
            let floats = try Self.write(settings, to: folder)
            let loaded = try ModelFolder.read(folder)
            #expect(loaded.settings == settings)
            #expect(loaded.tape.readParameters { all in all.indices.map { all[$0] } } == floats)
        }
    }

    @Test func `a folder of transformers is read`() throws {
        let loaded = try ModelFolder.read(Golden.folder)
        #expect(loaded.model.plan.embedDim == 24 && loaded.model.plan.text.blocks.activation == .quickGELU)
        #expect(loaded.settings.preprocessing == Preprocessing(side: 16))
        #expect(loaded.parameters.count == 68_993)
    }

    @Test func `transformers finds no config where it would pool otherwise`() throws {
        try withTemporaryFolder { folder in
            for (pooling, exists) in [(VisionConfiguration.Pooling.classToken, true), (.mean, false)] {
                try Self.write(Self.small(pooling), to: folder)
                #expect(FileManager.default.fileExists(atPath: "\(folder)/config.json") == exists)
            }
        }
    }

    @Test func `open_clip's file holds the same weights in its own layout`() throws {
        try withTemporaryFolder { folder in
            try Self.write(Self.small(), to: folder)
            let ours = try Safetensors("\(folder)/model.safetensors")
            let theirs = try Safetensors("\(folder)/open_clip_model.safetensors")
            #expect(theirs.names.count == ours.names.count - 4 * 3)  // q, k and v are one, in three blocks
            #expect(theirs.shape(of: "visual.conv1.weight") == [24, 3, 8, 8])
            #expect(theirs.shape(of: "visual.proj") == [24, 12] && theirs.shape(of: "text_projection") == [16, 12])
            let block = "vision_model.encoder.layers.1.self_attn"
            let joined = try ["q", "k", "v"].flatMap { try ours.floats(of: "\(block).\($0)_proj.weight") }
            #expect(try theirs.floats(of: "visual.transformer.resblocks.1.attn.in_proj_weight") == joined)
            let projection = try ours.floats(of: "text_projection.weight")
            let transposed = try theirs.floats(of: "text_projection")
            #expect(transposed[1] == projection[16] && transposed[12] == projection[1])
        }
    }

    @Test(arguments: [VisionConfiguration.Pooling.classToken, .mean])
    func `a folder of open_clip is read, whole and as single towers`(pooling: VisionConfiguration.Pooling) throws {
        try withTemporaryFolder { folder in
            let settings = try Self.small(pooling), floats = try Self.write(settings, to: folder)
            for file in ["config.json", "preprocessor_config.json", "model.safetensors"] {
                try? FileManager.default.removeItem(atPath: "\(folder)/\(file)")
            }
            var loaded = try ModelFolder.read(folder)
            #expect(loaded.settings == settings)
            #expect(loaded.tape.readParameters { all in all.indices.map { all[$0] } } == floats)
            var choices = TowerChoices(embedDim: 5)
            (choices.imageTower, choices.textTower) = (folder, folder)
            #expect(try choices.preprocessing() == settings.preprocessing)
            let preset = try ModelConfiguration(named: ModelConfiguration.presetNames[0])
            let towers = try DualEncoder(choices, else: preset, startToken: nil, endToken: nil)
            #expect(towers.plan.vision.pooling == settings.model.plan.vision.pooling)
            var tower = try LockedTower(.text, of: towers, settings.preprocessing, from: folder)
            let tokens: [Int32] = [18, 3, 19], segments = Segments(lengths: [3])
            let text = try #require(loaded.model.text)
            loaded.tape.begin(recording: false)
            let encoded = text.encode(tokens: tokens, segments, on: &loaded.tape)
            let expected = loaded.tape.read(encoded) { all in all.indices.map { all[$0] } }
            #expect(tower.features(tokens: tokens, segments: segments) == expected)
            var eyes = try LockedTower(.image, of: towers, settings.preprocessing, from: folder)
            let write: (inout MutableSpan<Float>) -> Void = { for i in $0.indices { $0[i] = Float(i % 7) - 3 } }
            let vision = try #require(loaded.model.vision)
            loaded.tape.begin(recording: false)
            let patches = loaded.tape.input([2 * vision.plan.patches, vision.plan.patchWidth], write)
            let seen = vision.encode(patches: patches, batch: 2, on: &loaded.tape)
            let pictures = loaded.tape.read(seen) { all in all.indices.map { all[$0] } }
            #expect(eyes.features(batch: 2, plan: towers.plan, patches: write) == pictures)
        }
    }

    @Test func `open_clip reads captions at our end token`() throws {
        try withTemporaryFolder { folder in
            try Self.write(Self.small(), to: folder)
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/open_clip_config.json"))
            let json = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
            let text = json?["model_cfg"]?["text_cfg"] as? [String: Any]
            #expect(text?["eos_id"] as? Int == 19 && text?["pool_type"] as? String == "eos")
            #expect(text?["hf_tokenizer_name"] != nil && json?["preprocess_cfg"]?["resize_mode"] as? String == "squash")
        }
    }

    @Test(arguments: ["missing", "unexpected", "misshapen", "position_ids"])
    func `weights that do not fit are named with both shapes`(damage: String) throws {
        try withTemporaryFolder { folder in
            let settings = try Self.small()
            try Self.write(settings, to: folder)
            var store = ParameterStore()
            _ = Model(settings.model.plan, in: &store)
            var parts = try ModelFolder.parts(of: settings.model.plan, in: store)
            let at = try #require(parts.firstIndex { $0.name == "visual_projection.weight" })
            let part = parts[at]
            switch damage {
            case "missing": parts.remove(at: at)
            case "misshapen": parts[at] = .init(part.name, [24, 12], at: part.range)
            case "unexpected": parts.append(.init("visual_projection.bias", [1], at: 0..<1))
            default: parts.append(.init("text_model.embeddings.position_ids", [1], at: 0..<1))
            }
            let floats = [Float](repeating: 0, count: store.count)
            try Safetensors.write(parts, of: floats.span, to: "\(folder)/model.safetensors")
            let why = [
                "missing": "visual_projection.weight: found none, expected [12, 24]",
                "misshapen": "visual_projection.weight: found [24, 12], expected [12, 24]",
                "unexpected": "visual_projection.bias: found [1], expected no such tensor",
            ]
            do throws(Failure) {
                _ = try ModelFolder.read(folder)
                #expect(why[damage] == nil)
            } catch {
                #expect(error.kind == .badSettings)
                #expect(error.line.contains(why[damage] ?? "no failure at all"), "\(error.line)")
            }
        }
    }

    @Test func `pictures of another size than the towers' are refused`() throws {
        let model = try Self.small().model
        #expect(throws: Failure.self) { try ModelSettings(model: model, preprocessing: Preprocessing(side: 32)) }
    }

    @Test func `a folder without a model is a missing input`() throws {
        try withTemporaryFolder { folder in
            do throws(Failure) {
                _ = try ModelFolder.read(folder)
                Issue.record("an empty folder was read")
            } catch {
                #expect(error.kind == .missingInput && error.line.contains("config.json"))
            }
        }
    }

    @Test func `the fingerprint follows weights and settings, and nothing else`() throws {
        try withTemporaryFolder { folder in
            let settings = try Self.small()
            try Self.write(settings, to: folder)
            let first = try ModelFolder.fingerprint(folder)
            try AtomicFile.write("{}", to: "\(folder)/run.json")
            try Self.write(settings, to: folder)
            #expect(try ModelFolder.fingerprint(folder) == first)
            try Self.write(settings, seed: 2, to: folder)
            let second = try ModelFolder.fingerprint(folder)
            #expect(second != first)
            try AtomicFile.write("#version: 0.2\n", to: "\(folder)/merges.txt")
            #expect(try ModelFolder.fingerprint(folder) != second)
        }
    }
}
