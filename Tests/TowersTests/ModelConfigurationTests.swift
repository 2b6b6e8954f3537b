import Failures
import Foundation
import Testing

@testable import Towers

@Suite struct ModelConfigurationTests {
    private static let vision = #""vision_cfg":{"image_size":64,"layers":6,"width":192,"patch_size":8}"#
    private static let text = #""text_cfg":{"context_length":32,"vocab_size":512,"width":192,"heads":3,"layers":4}"#
    private static let good = #"{"embed_dim":192,\#(vision),\#(text)}"#

    private func parse(_ json: String) throws(Failure) -> ModelConfiguration {
        try ModelConfiguration(json: Data(json.utf8), named: "model.json")
    }

    @Test func `what is left out has the defaults of open_clip`() throws {
        let model = try parse(Self.good)
        #expect(model.quickGELU == false)
        #expect(model.vision.headWidth == 64 && model.vision.mlpRatio == 4 && model.vision.pooling == .classToken)
        #expect(model.vision.heads == 3 && model.vision.patches == 64 && model.vision.patchWidth == 192)
        #expect(model.vision.hiddenWidth == 768 && model.text.hiddenWidth == 768)
    }

    @Test func `encoding and decoding give the same model`() throws {
        for name in ModelConfiguration.presetNames {
            let model = try ModelConfiguration(named: name)
            let json = try JSONEncoder().encode(model)
            #expect(try ModelConfiguration(json: json, named: name) == model)
        }
    }

    @Test func `the model of an open_clip_config is found inside`() throws {
        #expect(try parse(#"{"model_cfg":\#(Self.good),"preprocess_cfg":{"mean":[0,0,0]}}"#) == parse(Self.good))
    }

    @Test func `what is off or speaks of the tokenizer is no obstacle`() throws {
        let text =
            Self.text.dropLast() + #","hf_tokenizer_name":"x","pool_type":"eos","eos_id":3,"no_causal_mask":false}"#
        let vision = Self.vision.dropLast() + #","ls_init_value":null,"patch_dropout":0.0}"#
        #expect(try parse(#"{"embed_dim":192,\#(vision),\#(text)}"#) == parse(Self.good))
    }

    @Test(arguments: [
        (#""patch_size":8"#, #""patch_size":7"#, "image_size 64 is not a multiple of patch_size 7"),
        (#""width":192,"patch_size""#, #""width":100,"patch_size""#, "width 100 is not a multiple of head_width 64"),
        (#""heads":3"#, #""heads":5"#, "width 192 is not a multiple of heads 5"),
        (#""heads":3"#, #""heads":0"#, "heads is 0"),
        (#""layers":6"#, #""layers":-1"#, "vision_cfg.layers is -1"),
        (#""layers":6"#, #""layers":[2,2,2,2]"#, "vision_cfg.layers is not of the expected kind"),
        (#""layers":6"#, #""layers":6,"timm_model_name":"vit""#, "vision_cfg.timm_model_name is not known here"),
        (
            #""layers":6"#, #""layers":6,"pool_type":"none""#,
            "vision_cfg.pool_type is not known here, or its value is not"
        ),
        (#""layers":6"#, #""layers":6,"mlp_ratio":-4"#, "vision_cfg.mlp_ratio is -4"),
        (#""layers":6"#, #""layers":6,"mlp_ratio":1e300"#, "vision_cfg.mlp_ratio is 1e+300"),
        (#""layers":4"#, #""layers":4,"pool_type":"last""#, "text_cfg.pool_type is not known here"),
        (#""context_length":32"#, #""context_length":1"#, "text_cfg.context_length is 1"),
        (#""embed_dim":192,"#, "", "embed_dim is missing"),
        (#""embed_dim":192"#, #""embed_dim":9223372036854775807"#, "embed_dim is 9223372036854775807"),
        (#""embed_dim":192"#, #""embed_dim":192,"custom_text":true"#, "custom_text is not known here"),
        (#"{"embed_dim":192"#, "", "it is not JSON"),
    ]) func `settings that are impossible are named in one line`(old: String, new: String, why: String) {
        do throws(Failure) {
            _ = try parse(Self.good.replacingOccurrences(of: old, with: new))
            Issue.record("\(new) was accepted")
        } catch {
            #expect(error.kind == .badSettings)
            #expect(error.line.contains(why), "\(error.line)")
        }
    }
}

@Suite struct ModelPresetsTests {
    private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "../../models")

    @Test func `every model.json below models is a preset, and every preset has settings that are possible`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            FileManager.default.fileExists(atPath: "\(folder.path)/\($0)/model.json")
        }
        #expect(Set(folders) == Set(ModelConfiguration.presetNames))
        for name in ModelConfiguration.presetNames {
            #expect(
                try ModelConfiguration(named: name) == ModelConfiguration(named: "\(folder.path)/\(name)/model.json"))
        }
    }

    @Test func `ViT-B-32 is that of open_clip`() throws {
        let model = try ModelConfiguration(named: "ViT-B-32")
        #expect(
            model.embedDim == 512 && model.vision.heads == 12 && model.vision.patches == 49 && model.text.heads == 8)
        #expect(model.text.contextLength == 77 && model.text.vocabSize == 49408)
    }

    @Test func `an unknown name is refused with the names that exist`() {
        do throws(Failure) {
            _ = try ModelConfiguration(named: "vit-huge")
            Issue.record("vit-huge was found")
        } catch {
            #expect(error.kind == .badSettings && error.line.contains("vit-nano-8-64"))
        }
    }
}
