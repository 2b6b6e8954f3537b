public import Failures
import Foundation

/// What sentence-transformers writes beside a text tower: a list of modules, of which pooling is one.
public enum SentenceTransformers {
    /// The list of modules.
    public static let listFile = "modules.json"
    /// How the rows of a sentence become one, as this project and most others call the file.
    public static let poolingFile = "\(poolingFolder)/\(ModelFolder.configFile)"
    /// How long a sentence may be.
    public static let lengthFile = "sentence_bert_config.json"
    static let poolingFolder = "1_Pooling"

    struct Module: Codable {
        var idx = 0
        var name = ""
        var path: String
        var type: String

        private enum CodingKeys: String, CodingKey { case idx, name, path, type }

        /// One of the modules, whose words are those of sentence-transformers.
        init(_ number: Int, _ kind: String, path: String) {
            (idx, name, self.path, type) = (number, "\(number)", path, "sentence_transformers.models.\(kind)")
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            path = try values.decode(String.self, forKey: .path)
            type = try values.decode(String.self, forKey: .type)
        }

        /// `Transformer`, `Pooling`, `Normalize`, `Dense` …
        var kind: Substring { type.split(separator: ".").last ?? "" }
    }

    /// The file of a pooling module, as versions before 6 and from 6 on write it. Property names are its keys.
    private struct Pooling: Decodable {
        let pooling_mode: String?
        let pooling_mode_cls_token, pooling_mode_mean_tokens, pooling_mode_lasttoken: Bool?
        let pooling_mode_weightedmean_tokens: Bool?

        private static let words: [String: TextPooling] = [
            "mean": .mean, "cls": .first, "lasttoken": .last, "weightedmean": .weightedMean,
        ]

        /// The ways it pools in, of those that are known.
        var chosen: [TextPooling] {
            if let pooling_mode { return [Self.words[pooling_mode]].compactMap { $0 } }
            let modes: [(Bool?, TextPooling)] = [
                (pooling_mode_mean_tokens, .mean), (pooling_mode_cls_token, .first), (pooling_mode_lasttoken, .last),
                (pooling_mode_weightedmean_tokens, .weightedMean),
            ]
            return modes.filter { $0.0 == true }.map(\.1)
        }
    }

    private struct Length: Decodable {
        let max_seq_length: Int?
    }

    /// How many tokens of a text are read, where the folder says that; shorter than what its tower could read.
    ///
    /// - Throws: `.badSettings` where it is no length.
    public static func longest(of folder: String) throws(Failure) -> Int? {
        let file = "\(folder)/\(lengthFile)"
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let length = try decoded(Length.self, from: jsonFile(file), named: file).max_seq_length
        if let length, length < 3 { throw .settings(file, "max_seq_length is \(length), expected 3 or more") }
        return length
    }

    /// How a folder's captions are pooled; nil where it is no folder of sentence-transformers.
    ///
    /// - Throws: `.badSettings` where they are pooled in a way that is not known here.
    static func pooling(of folder: String) throws(Failure) -> TextPooling? {
        let list = "\(folder)/\(listFile)"
        guard FileManager.default.fileExists(atPath: list) else { return nil }
        let modules = try decoded([Module].self, from: jsonFile(list), named: list)
        if let other = modules.first(where: { !["Transformer", "Pooling", "Normalize"].contains($0.kind) }) {
            throw .settings(list, "module \(other.kind) is not known here, expected Transformer, Pooling, Normalize")
        }
        guard let module = modules.first(where: { $0.kind == "Pooling" }) else { return nil }
        let file = "\(folder)/\(module.path)/\(ModelFolder.configFile)"
        let chosen = try decoded(Pooling.self, from: jsonFile(file), named: file).chosen
        guard chosen.count == 1 else {
            throw .settings(
                file,
                "it pools in \(chosen.count) of the ways that are known: mean, class token, last token, weighted mean")
        }
        return chosen[0]
    }
}
