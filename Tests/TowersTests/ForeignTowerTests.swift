import Autodiff
import Failures
import Foundation
import Kernels
import Layers
import Tensors
import Testing

@testable import Towers

/// Towers as transformers saves them, and what it computes with them (`scripts/golden/towers.py`).
@Suite struct ForeignTowerTests {
    private static let fixtures =
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/golden/towers").path

    @Test(arguments: [
        ("dinov2", ImagePooling.classToken, "class"), ("dinov2", .mean, "mean"),
        ("dinov2-other-names", .classToken, "class"), ("dinov2-registers", .classToken, "class"),
        ("dinov2-registers", .mean, "mean"), ("vit", .classToken, "class"), ("vit", .mean, "mean"),
        ("clip-vision", .classToken, "class"), ("clip-vision", .mean, "mean"), ("siglip-vision", .attention, "head"),
    ]) func `a picture tower computes what transformers does`(
        name: String, pooling: ImagePooling, output: String
    ) throws {
        let expected = try Safetensors("\(Self.fixtures)/\(name)/expected.safetensors")
        let found = try pictures(name, expected, "pixels") { $0.pooling = pooling }
        #expect(relativeError(found, try expected.floats(of: output)) < 1e-5)
    }

    @Test func `class token and mean lie one behind the other`() throws {
        let expected = try Safetensors("\(Self.fixtures)/dinov2/expected.safetensors")
        let found = try pictures("dinov2", expected, "pixels") { $0.pooling = .classAndMean }
        let parts = try ["class", "mean"].map { try expected.floats(of: $0) }
        let wanted = (0..<2).flatMap { row in parts.flatMap { $0[row * 24..<(row + 1) * 24] } }
        #expect(relativeError(found, wanted) < 1e-5)
    }

    @Test func `positions are interpolated for pictures of another side`() throws {
        let expected = try Safetensors("\(Self.fixtures)/dinov2/expected.safetensors")
        let found = try pictures("dinov2", expected, "pixels_other") { $0.imageSize = 42 }
        #expect(relativeError(found, try expected.floats(of: "class_other")) < 1e-5)
    }

    @Test func `a tower may stop at an earlier block`() throws {
        let expected = try Safetensors("\(Self.fixtures)/dinov2/expected.safetensors")
        let found = try pictures("dinov2", expected, "pixels") { $0.blocks.layers = 2 }
        #expect(found.allSatisfy(\.isFinite) && found.count == 48)
    }

    @Test(arguments: ["bert", "bert-gamma-beta", "clip-text", "siglip-text", "megatron-bert"])
    func `a text tower computes what transformers does`(name: String) throws {
        let expected = try Safetensors("\(Self.fixtures)/\(name)/expected.safetensors")
        let folder = try TowerFolder("\(Self.fixtures)/\(name)"), plan = try folder.textPlan()
        var store = ParameterStore()
        let tower = TextTower(Model.textPrefix, plan, in: &store)
        var tape = Tape(parameters: ModelFolder.blank(store), seed: 0)
        try folder.read(tower, store, into: &tape)
        tape.begin(recording: false)
        let captions: [[Int32]] = [[3, 7, 1, 9, 2], [3, 2], [3, 11, 11, 5, 2, 4, 2]]
        let padded = name == "siglip-text" ? captions.map { $0 + Array(repeating: 2, count: 9 - $0.count) } : captions
        let found = tower.encode(tokens: padded.flatMap { $0 }, Segments(lengths: padded.map(\.count)), on: &tape)
        #expect(relativeError(floats(found, of: tape), try expected.floats(of: "pooled")) < 1e-5)
    }

    @Test(arguments: [
        ("cls", TextPooling.first), ("mean", .mean), ("weightedmean", .weightedMean), ("lasttoken", .last),
    ]) func `a text is pooled as sentence-transformers does`(mode: String, pooling: TextPooling) throws {
        let path = "\(Self.fixtures)/megatron-bert", expected = try Safetensors("\(path)/poolings.safetensors")
        let folder = try TowerFolder(path)
        var plan = try folder.textPlan(), store = ParameterStore()
        plan.pooling = pooling
        let tower = TextTower(Model.textPrefix, plan, in: &store)
        var tape = Tape(parameters: ModelFolder.blank(store), seed: 0)
        try folder.read(tower, store, into: &tape)
        tape.begin(recording: false)
        let ids: [Int32] = [3, 7, 1, 9, 2, 3, 2, 3, 11, 11, 5, 2, 4, 2]
        let found = tower.encode(tokens: ids, Segments(lengths: [5, 2, 7]), on: &tape)
        #expect(relativeError(floats(found, of: tape), try expected.floats(of: mode)) < 1e-5)
    }

    @Test func `an architecture that is not known is refused by name`() throws {
        let failure = try withTemporaryFolder { folder in
            try Data(#"{"model_type": "resnet"}"#.utf8).write(to: URL(filePath: "\(folder)/config.json"))
            return #expect(throws: Failure.self) { _ = try TowerFolder(folder) }
        }
        #expect(failure?.kind == .badSettings)
        #expect(failure?.line.contains("model_type is resnet, expected one of clip") == true)
    }

    @Test func `a text tower is asked for in vain in a folder of a picture tower`() throws {
        let folder = try TowerFolder("\(Self.fixtures)/dinov2")
        let failure = #expect(throws: Failure.self) { try folder.textPlan() }
        #expect(failure?.line.contains("model_type dinov2 has no text tower") == true)
    }

    @Test func `a tensor of another shape is named with both`() throws {
        let expected = try Safetensors("\(Self.fixtures)/dinov2/expected.safetensors")
        let failure = #expect(throws: Failure.self) {
            try pictures("dinov2", expected, "pixels") { $0.blocks.hiddenWidth = 40 }
        }
        #expect(
            failure?.line.contains("encoder.layer.0.mlp.fc1.weight: found [48, 24], expected [40, 24]") == true)
    }

    @Test func `a tensor too much is named`() throws {
        let expected = try Safetensors("\(Self.fixtures)/dinov2/expected.safetensors")
        let failure = #expect(throws: Failure.self) {
            try pictures("dinov2", expected, "pixels") { $0.blocks.names.scale2 = nil }
        }
        #expect(failure?.line.contains("layer_scale2.lambda1: found [24], expected no such tensor") == true)
    }

    /// What the picture tower of a folder makes of the two pictures under `input`, at all instruction levels alike.
    private func pictures(
        _ name: String, _ expected: borrowing Safetensors, _ input: String, _ change: (inout VisionPlan) -> Void
    ) throws -> [Float] {
        let folder = try TowerFolder("\(Self.fixtures)/\(name)")
        var plan = try folder.visionPlan(), store = ParameterStore()
        change(&plan)
        let tower = VisionTower(Model.visionPrefix, plan, in: &store)
        var tape = Tape(parameters: ModelFolder.blank(store), seed: 0)
        try folder.read(tower, store, into: &tape)
        tape.begin(recording: false)
        let pixels = try expected.floats(of: input), side = plan.imageSize, patch = plan.patchSize
        let perSide = plan.patchesPerSide
        var rows: [Float] = []  // picture, patch, channel, row, column
        for picture in 0..<2 {
            for place in 0..<plan.patches {
                let corner = (place / perSide * patch, place % perSide * patch)
                for channel in 0..<3 {
                    for y in 0..<patch {
                        let start = ((picture * 3 + channel) * side + corner.0 + y) * side + corner.1
                        rows += pixels[start..<start + patch]
                    }
                }
            }
        }
        let patches = tape.input([2 * plan.patches, plan.patchWidth]) { for i in rows.indices { $0[i] = rows[i] } }
        return floats(tower.encode(patches: patches, batch: 2, on: &tape), of: tape)
    }
}
