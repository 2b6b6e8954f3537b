import Augmentations
import Autodiff
import Failures
import Foundation
import Tensors
import Testing

@testable import Towers

/// Models of two towers that each came from elsewhere.
@Suite struct DualEncoderTests {
    private static let fixtures =
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/golden/towers").path

    private func model(hidden: Int?, pooling: ImagePooling = .classAndMean) throws -> ModelSettings {
        let towers = try DualEncoder(
            embedDim: 10, vision: TowerFolder("\(Self.fixtures)/dinov2").config,
            text: TowerFolder("\(Self.fixtures)/bert").config,
            extras: .init(image_pooling: pooling, text_pooling: .mean, projection_hidden: hidden))
        return try ModelSettings(
            model: .dualEncoder(towers), preprocessing: Preprocessing(side: 56, resizeMode: .longest, fillColor: 255))
    }

    @Test(arguments: [nil, 14]) func `what was written is read, and embeds alike`(hidden: Int?) throws {
        try withTemporaryFolder { folder in
            let settings = try model(hidden: hidden)
            var store = ParameterStore()
            let model = Model(settings.model.plan, in: &store)
            var tape = Tape(parameters: store, seed: 5)
            try tape.readParameters { floats in
                try ModelFolder.write(settings, store, floats: floats, startToken: 3, endToken: 2, to: folder)
            }
            var loaded = try ModelFolder.read(folder)
            #expect(loaded.settings == settings)
            let captions: [Int32] = [3, 5, 2, 3, 2], segments = Segments(lengths: [3, 2])
            tape.begin(recording: false)
            loaded.tape.begin(recording: false)
            let written = floats(model.embed(tokens: captions, segments: segments, on: &tape), of: tape)
            let read = floats(
                loaded.model.embed(tokens: captions, segments: segments, on: &loaded.tape), of: loaded.tape)
            #expect(written == read && written.count == 20)
        }
    }

    @Test func `what only untrained weights need is not passed on`() throws {
        var choices = TowerChoices(embedDim: 10)
        (choices.imageTower, choices.textTower) = ("\(Self.fixtures)/dinov2", "\(Self.fixtures)/bert")
        choices.imageSize = 28
        let towers = try DualEncoder(
            choices, else: ModelConfiguration(named: ModelConfiguration.presetNames[0]), startToken: nil, endToken: nil)
        #expect(try TowerFolder("\(Self.fixtures)/dinov2").config.json["layerscale_value"] == .number(1))
        #expect(towers.config(of: .image).json["layerscale_value"] == nil)
        #expect(towers.config(of: .image).json["hidden_size"] != nil)
    }

    @Test func `a picture tower without class token cannot be pooled by it`() throws {
        let failure = #expect(throws: Failure.self) {
            try DualEncoder(
                embedDim: 10, vision: TowerFolder("\(Self.fixtures)/siglip-vision").config,
                text: TowerFolder("\(Self.fixtures)/bert").config,
                extras: .init(image_pooling: .classToken, text_pooling: .mean))
        }
        #expect(failure?.line.contains("no class token to pool by class") == true)
    }
}
