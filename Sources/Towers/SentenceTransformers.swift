import Failures
import Foundation

/// What sentence-transformers writes beside a text tower: a list of modules, of which pooling is one.
enum SentenceTransformers {
    private struct Module: Decodable {
        let path: String
        let type: String
    }

    private struct Pooling: Decodable {
        let pooling_mode_cls_token, pooling_mode_mean_tokens, pooling_mode_lasttoken: Bool?
    }

    /// How a folder's captions are pooled; nil where it is no folder of sentence-transformers.
    ///
    /// - Throws: `.badSettings` where they are pooled in a way that is not known here.
    static func pooling(of folder: String) throws(Failure) -> TextPooling? {
        let list = "\(folder)/modules.json"
        guard FileManager.default.fileExists(atPath: list) else { return nil }
        let modules = try decoded([Module].self, from: jsonFile(list), named: list)
        guard let module = modules.first(where: { $0.type.hasSuffix(".Pooling") }) else { return nil }
        let file = "\(folder)/\(module.path)/\(ModelFolder.configFile)"
        let pooling = try decoded(Pooling.self, from: jsonFile(file), named: file)
        let modes: [(Bool?, TextPooling)] = [
            (pooling.pooling_mode_mean_tokens, .mean), (pooling.pooling_mode_cls_token, .first),
            (pooling.pooling_mode_lasttoken, .last),
        ]
        let chosen = modes.filter { $0.0 == true }
        guard chosen.count == 1 else {
            throw .settings(
                file, "it pools in \(chosen.count) of the ways that are known: mean, class token, last token")
        }
        return chosen[0].1
    }
}
