import Augmentations
import Foundation
import Images
import PictureFixtures
import Tensors
import Testing

@Suite struct PreprocessingTests {
    private static let some = [
        Preprocessing(side: 64), Preprocessing(side: 96, resizeMode: .longest, interpolation: .bilinear, fillColor: 0),
        Preprocessing(side: 32, resizeMode: .squash, mean: [0.5, 0.25, 0.125], std: [1, 0.5, 0.75]),
    ]

    @Test(arguments: some) func `open_clip's words are written and read`(preprocessing: Preprocessing) throws {
        let data = try JSONEncoder().encode(preprocessing)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == preprocessing)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(object.keys) == ["size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color"])
    }

    @Test(arguments: some) func `transformers' words are written and read`(preprocessing: Preprocessing) throws {
        let data = try JSONEncoder().encode(PreprocessorConfig(preprocessing))
        #expect(try JSONDecoder().decode(PreprocessorConfig.self, from: data).preprocessing == preprocessing)
    }

    @Test func `what OpenAI's folders and open_clip's say is understood`() throws {
        let openAI = """
            {"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true, "resample": 3, "size": 224,
             "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48145466, 0.4578275, 0.40821073],
             "image_std": [0.26862954, 0.26130258, 0.27577711]}
            """
        #expect(
            try JSONDecoder().decode(PreprocessorConfig.self, from: Data(openAI.utf8)).preprocessing
                == Preprocessing(side: 224))
        let openCLIP = #"{"size": [384, 384], "mean": 0.5, "std": [0.5, 0.5, 0.5], "resize_mode": "squash"}"#
        #expect(
            try JSONDecoder().decode(Preprocessing.self, from: Data(openCLIP.utf8))
                == Preprocessing(side: 384, resizeMode: .squash, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5]))
    }

    @Test(arguments: [
        #"{"size": [32, 64]}"#, #"{"size": 0}"#, #"{"size": 32, "std": [1, 0, 1]}"#, #"{"size": 32, "mean": [1, 2]}"#,
        #"{"size": 32, "fill_color": 300}"#, #"{"size": 32, "resize_mode": "stretch"}"#,
    ])
    func `settings that make no sense are an error`(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Preprocessing.self, from: Data(json.utf8)) }
    }

    @Test(arguments: [
        #"{"size": {"shortest_edge": 224}, "crop_size": 256}"#, #"{"size": 32, "crop_size": 32, "do_resize": false}"#,
        #"{"size": 32, "crop_size": 32, "rescale_factor": 1}"#, #"{"size": 32, "crop_size": 32, "resample": 0}"#,
        #"{"size": 32, "do_center_crop": false}"#, #"{"size": {"height": 3, "width": 4}}"#,
    ])
    func `a processor that does what ours cannot is an error`(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(PreprocessorConfig.self, from: Data(json.utf8)) }
    }

    @Test func `a square may be cut out of a larger picture, and scales with its margin`() throws {
        let json = #"{"size": {"shortest_edge": 8}, "crop_size": {"height": 4, "width": 4}}"#
        let found = try JSONDecoder().decode(PreprocessorConfig.self, from: Data(json.utf8)).preprocessing
        #expect(found.side == 4 && found.shorterSide == 8)
        #expect(found.scaled(to: 6).shorterSide == 12)
        var picture = Picture(height: 8, width: 12, filledWith: .zero)
        for y in 2..<6 { for x in 4..<8 { picture[row: y, column: x] = SIMD3(repeating: 200) } }
        #expect(Resize(found).apply(to: picture) == Picture(height: 4, width: 4, filledWith: SIMD3(repeating: 200)))
        let written = try JSONEncoder().encode(PreprocessorConfig(found))
        #expect(try JSONDecoder().decode(PreprocessorConfig.self, from: written).preprocessing == found)
        let words = try JSONEncoder().encode(found)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: words) == found)
    }

    @Test func `each mode makes its own square`() {
        var wide = Picture(height: 4, width: 8, filledWith: SIMD3(100, 100, 100))
        for y in 0..<4 { for x in [0, 7] { wide[row: y, column: x] = SIMD3(200, 0, 0) } }
        let shortest = Resize(side: 4).apply(to: wide)
        #expect(shortest == Picture(height: 4, width: 4, filledWith: SIMD3(100, 100, 100)))
        let longest = Resize(side: 8, mode: .longest, fill: 9).apply(to: wide)
        #expect(longest[row: 1, column: 3] == SIMD3<UInt8>(9, 9, 9))
        #expect(longest[row: 2, column: 0] == SIMD3<UInt8>(200, 0, 0))
        #expect(longest[row: 6, column: 3] == SIMD3<UInt8>(9, 9, 9))
        let squash = Resize(side: 4, mode: .squash, filter: .box).apply(to: wide)
        #expect(squash[row: 3, column: 0] == SIMD3<UInt8>(150, 50, 50))
    }
}

@Suite struct PatchLayoutTests {
    @Test func `rows hold channel, y, x of each patch`() {
        let layout = PatchLayout(side: 4, patchSize: 2)
        #expect(layout.patches == 4 && layout.rowWidth == 12)
        let pixels = (0..<48).map { UInt8($0) }
        var rows = [Float](repeating: .nan, count: 48)
        var target = rows.mutableSpan
        layout.write(pixels.span, mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255], into: &target)
        // The second patch begins at row 0, column 2: pixel 2, whose red is byte 6.
        let second: [Float] = [6, 9, 18, 21, 7, 10, 19, 22, 8, 11, 20, 23]
        #expect(zip(rows[12..<24], second).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(zip(rows.sorted(), 0..<48).allSatisfy { abs($0 - Float($1)) < 1e-4 })
        var some = [Float](repeating: .nan, count: 24), chosen = some.mutableSpan
        layout.write(
            pixels.span, mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255], only: [1, 3], into: &chosen)
        #expect(some == Array(rows[12..<24] + rows[36..<48]))
    }

    @Test(arguments: [1, 3, 8, 14, 16, 32, 37]) func `every number is that of the formula, bit for bit`(patchSize: Int)
    {
        let layout = PatchLayout(side: 2 * patchSize, patchSize: patchSize), side = layout.side
        let picture = Picture.scene(height: side, width: side), usual = Preprocessing(side: side)
        var rows = [Float](repeating: .nan, count: layout.patches * layout.rowWidth), target = rows.mutableSpan
        layout.write(picture.pixels.span, mean: usual.mean, std: usual.std, into: &target)
        for y in 0..<side {
            for x in 0..<side {
                for c in 0..<3 {
                    let expected = (Float(picture[row: y, column: x][c]) / 255 - usual.mean[c]) / usual.std[c]
                    let patch = y / patchSize * 2 + x / patchSize
                    let place = ((c * patchSize) + y % patchSize) * patchSize + x % patchSize
                    #expect(rows[patch * layout.rowWidth + place] == expected)
                }
            }
        }
    }

    @Test func `colours are normalised by their channel`() {
        let layout = PatchLayout(side: 1, patchSize: 1)
        let pixels: [UInt8] = [255, 0, 51]
        var rows = [Float](repeating: 0, count: 3)
        var target = rows.mutableSpan
        layout.write(pixels.span, mean: [0.5, 0.25, 0], std: [0.5, 0.5, 2], into: &target)
        #expect(zip(rows, [1, -0.5, 0.1]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test(arguments: [
        ("CLIPImageProcessor", ResizeArithmetic.pillow), ("CLIPImageProcessorFast", .tensors),
        ("DINOv3ViTImageProcessorFast", .floats), ("DINOv3ViTImageProcessor", .floats),
    ])
    func `a processor on tensors is told by its name, and keeps its arithmetic`(
        name: String, arithmetic: ResizeArithmetic
    ) throws {
        let json = #"{"size": {"shortest_edge": 32}, "image_processor_type": "\#(name)"}"#
        let read = try JSONDecoder().decode(PreprocessorConfig.self, from: Data(json.utf8))
        #expect(read.preprocessing.arithmetic == arithmetic)
        #expect(Resize(read.preprocessing).arithmetic ?? .pillow == arithmetic)
        let again = try JSONDecoder().decode(PreprocessorConfig.self, from: JSONEncoder().encode(read))
        #expect(again == read)
        let own = try JSONDecoder().decode(Preprocessing.self, from: JSONEncoder().encode(read.preprocessing))
        #expect(own == read.preprocessing)
    }
}
