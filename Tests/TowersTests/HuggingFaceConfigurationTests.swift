import Failures
import Foundation
import Testing

@testable import Towers

@Suite struct HuggingFaceConfigurationTests {
    private func model(_ json: String) throws(Failure) -> ModelConfiguration {
        let file = try decoded(HuggingFaceConfiguration.self, from: Data(json.utf8), named: "config.json")
        return try file.model(named: "config.json")
    }

    @Test func `what is left out has the defaults of transformers`() throws {
        var expected = try ModelConfiguration(named: "ViT-B-32")
        expected.quickGELU = true
        #expect(try model(#"{"vision_config":{},"text_config":{}}"#) == expected)
    }

    @Test func `older files say it twice, and the second counts`() throws {
        let json = #"""
            {"model_type":"clip","projection_dim":1024,
             "vision_config":{"hidden_size":64,"num_attention_heads":1},"text_config":{},
             "vision_config_dict":{"hidden_size":1280,"intermediate_size":5120,"num_attention_heads":16,"patch_size":14,
             "hidden_act":"gelu"},"text_config_dict":{"hidden_act":"gelu"}}
            """#
        let model = try model(json)
        #expect(model.embedDim == 1024 && !model.quickGELU)
        #expect(model.vision.width == 1280 && model.vision.headWidth == 80 && model.vision.patchSize == 14)
    }

    @Test func `writing and reading give the same model, whatever the width of the hidden layer`() throws {
        for hidden in [1, 7, 4303, 4304, 4305, 5120] {
            let json = #"{"vision_config":{"hidden_size":1152,"intermediate_size":\#(hidden)},"text_config":{}}"#
            let model = try model(json)
            #expect(model.vision.hiddenWidth == hidden)
            let file = HuggingFaceConfiguration(model, startToken: 49406, endToken: 49407)
            #expect(try file.model(named: "config.json") == model)
            #expect(file.text_config?.eos_token_id == 49407)
        }
    }

    @Test(arguments: [
        (#"{"vision_config":{}}"#, "two towers"),
        (#"{"model_type":"siglip","vision_config":{},"text_config":{}}"#, "model_type is siglip"),
        (#"{"vision_config":{"hidden_act":"gelu"},"text_config":{}}"#, "hidden_act is gelu and quick_gelu"),
        (#"{"vision_config":{"layer_norm_eps":1e-6},"text_config":{}}"#, "layer_norm_eps is 1e-06"),
        (#"{"vision_config":{"num_channels":1},"text_config":{}}"#, "num_channels is 1"),
        (#"{"vision_config":{"hidden_size":100},"text_config":{}}"#, "not a multiple of num_attention_heads 12"),
        (#"{"vision_config":{"hidden_size":0},"text_config":{}}"#, "hidden_size is 0"),
        (#"{"vision_config":{"num_attention_heads":0},"text_config":{}}"#, "num_attention_heads 0"),
        (#"{"vision_config":{"image_size":[224,224]},"text_config":{}}"#, "image_size is not of the expected kind"),
        ("{", "it is not JSON"),
    ]) func `a model that our towers cannot be is refused in one line`(json: String, why: String) {
        do throws(Failure) {
            _ = try model(json)
            Issue.record("\(json) was accepted")
        } catch {
            #expect(error.kind == .badSettings && error.line.contains(why), "\(error.line)")
        }
    }
}
