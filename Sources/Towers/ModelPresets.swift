public import Failures
import Foundation

extension ModelConfiguration {
    /// Every model that is named in `models/`, smallest first: its name and its JSON.
    private static let presets: [(name: String, json: [UInt8])] = [
        ("vit-pico-7-28", PackageResources.vit_pico_7_28_json),
        ("vit-pico-8-64", PackageResources.vit_pico_8_64_json),
        ("vit-nano-16-64", PackageResources.vit_nano_16_64_json),
        ("vit-nano-8-64", PackageResources.vit_nano_8_64_json),
        ("vit-tiny-16-128", PackageResources.vit_tiny_16_128_json),
        ("vit-small-16-224", PackageResources.vit_small_16_224_json),
        ("ViT-B-32", PackageResources.ViT_B_32_json),
    ]

    /// The names that `init(named:)` knows, smallest model first.
    public static var presetNames: [String] { presets.map(\.name) }

    /// The model of that name in `models/`, or the settings in the JSON file of that path.
    ///
    /// - Throws: `.badSettings` where there is neither.
    public init(named name: String) throws(Failure) {
        if let preset = Self.presets.first(where: { $0.name == name }) {
            try self.init(json: Data(preset.json), named: name)
        } else if name.hasSuffix(".json") {
            try self.init(file: name)
        } else {
            throw Failure(
                .badSettings, "cannot find model", at: name, because: "no model has this name",
                try: "give one of \(Self.presetNames.joined(separator: ", ")), or the path of a JSON file")
        }
    }
}
