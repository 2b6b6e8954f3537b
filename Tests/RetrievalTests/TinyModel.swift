import Augmentations
import Autodiff
import Foundation
import Images
import Tokenizers
import Towers

/// A folder that goes away with the value.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "retrieval-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    func names(_ name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)").sorted()
    }
}

/// Writes a model with random weights that embeds in a fraction of a millisecond.
func writeTinyModel(to folder: String, seed: UInt64 = 1, embedDim: Int = 12) throws {
    let tokenizer = BytePairTokenizer.trained(on: ["a red square", "a blue square"], vocabSize: 600)
    var vision = VisionConfiguration(), text = TextConfiguration()
    (vision.imageSize, vision.patchSize, vision.width, vision.headWidth, vision.layers) = (16, 8, 24, 8, 1)
    (text.contextLength, text.vocabSize, text.width, text.heads, text.layers) = (12, tokenizer.vocabSize, 16, 2, 1)
    let model = ModelConfiguration(embedDim: embedDim, vision: vision, text: text)
    var store = ParameterStore()
    _ = Model(model.plan, in: &store)
    let tape = Tape(parameters: store, seed: seed)
    try tape.readParameters { floats in
        try ModelFolder.write(
            ModelSettings(model: .clip(model), preprocessing: Preprocessing(side: 16, resizeMode: .squash)), store,
            floats: floats, startToken: tokenizer.startToken, endToken: tokenizer.endToken, to: folder)
    }
    try tokenizer.write(to: folder, contextLength: 12)
}

/// A picture whose corners and stripes differ for every number.
func drawing(_ number: Int, side: Int = 24) throws -> [UInt8] {
    var picture = Picture(height: side, width: side, filledWith: SIMD3(240, UInt8(number * 37 % 256), 200))
    for y in 0..<side {
        for x in 0..<side where (x / 3 + y * (number % 5 + 1) / 4) % (number % 4 + 2) == 0 {
            picture[row: y, column: x] = SIMD3(UInt8(number * 11 % 256), UInt8(x * 9 % 256), UInt8(y * 9 % 256))
        }
    }
    return try picture.pngBytes()
}
