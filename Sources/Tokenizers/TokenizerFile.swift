import Failures

/// What is read of Hugging Face's `tokenizer.json`, in its words.
struct TokenizerFile: Decodable {
    /// A token that is found in the text before anything else.
    struct Added: Decodable {
        let id: Int
        let content: String
        /// Whether it is no word; so where a file does not say.
        var special: Bool?
    }

    /// What is done to the text first; its kind decides which of the other keys it has.
    struct Normalizer: Decodable {
        let type: String
        let normalizers: [Normalizer]?
        // BertNormalizer
        let clean_text, handle_chinese_chars, strip_accents, lowercase: Bool?
        // Replace, Prepend
        let pattern: Pattern?
        let content, prepend: String?
        // Strip
        let strip_left, strip_right: Bool?
        // Precompiled
        let precompiled_charsmap: String?
    }

    /// What is replaced: one of the two.
    struct Pattern: Decodable {
        let String, Regex: Swift.String?
    }

    /// How the text is cut before its words become tokens.
    struct PreTokenizer: Decodable {
        let type: String
        let pretokenizers: [PreTokenizer]?
        // Metaspace
        let replacement, prepend_scheme: String?
        let add_prefix_space, split: Bool?
        // Split
        let pattern: Pattern?
        let behavior: String?
    }

    /// What is put around the tokens.
    struct PostProcessor: Decodable {
        let type: String
        let processors: [PostProcessor]?
        /// TemplateProcessing
        let single: [TemplatePiece]?
        let special_tokens: [String: TemplateToken]?
        /// BertProcessing and RobertaProcessing
        let sep, cls: NamedToken?
    }

    struct TemplatePiece: Decodable {
        struct Name: Decodable { let id: String }
        let SpecialToken: Name?
        let Sequence: Name?
    }

    struct TemplateToken: Decodable { let ids: [Int] }

    /// A token's text and its id, as an array of two.
    struct NamedToken: Decodable {
        let id: Int

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            _ = try pair.decode(String.self)
            id = try pair.decode(Int.self)
        }
    }

    /// What every kind of model has.
    struct Model: Decodable {
        let type: String?
        let vocab: Vocabulary
        let unk_token: String?
        let unk_id: Int?
        let byte_fallback: Bool?
        let continuing_subword_prefix: String?
        let max_input_chars_per_word: Int?
        let end_of_word_suffix: String?
        let merges: [Parts]?
    }

    /// The tokens: names with their ids, or (Unigram's) a list of names with their scores.
    enum Vocabulary: Decodable {
        case ids([String: Int])
        case scores([Scored])

        /// A token's text and its score, as an array of two.
        struct Scored: Decodable {
            let piece: String
            let score: Double

            init(from decoder: any Decoder) throws {
                var pair = try decoder.unkeyedContainer()
                piece = try pair.decode(String.self)
                score = try pair.decode(Double.self)
            }
        }

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let scored = try? value.decode([Scored].self) {
                self = .scores(scored)
            } else {
                self = .ids(try value.decode([String: Int].self))
            }
        }

        /// Every token's id.
        ///
        /// - Throws: `.badData` where one is no index, or where there are scores.
        func ids(of path: String) throws(Failure) -> [String: Int] {
            guard case .ids(let ids) = self else {
                throw .unreadableTokenizer(path, "its vocabulary is a list, expected ids by name")
            }
            for (name, id) in ids where !(0..<Self.largest).contains(id) {
                throw .unreadableTokenizer(path, "token \"\(name)\" has id \(id)")
            }
            return ids
        }

        /// Every token's score, by id.
        ///
        /// - Throws: `.badData` where there are ids by name.
        func scored(of path: String) throws(Failure) -> [Scored] {
            guard case .scores(let scored) = self else {
                throw .unreadableTokenizer(path, "its vocabulary has no scores")
            }
            return scored
        }

        private static let largest = 1 << 24
    }

    /// Two tokens, as an array or, in older files, with a space between them.
    struct Parts: Decodable {
        let parts: [String]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            } else {
                parts = try value.decode([String].self)
            }
        }
    }

    let model: Model
    let added_tokens: [Added]?
    let normalizer: Normalizer?
    let pre_tokenizer: PreTokenizer?
    let post_processor: PostProcessor?
}
