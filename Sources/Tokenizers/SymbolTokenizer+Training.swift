public import Failures

extension SymbolTokenizer {
    /// A tokenizer of the most frequent symbols of `texts`, equals in the order of their bytes.
    ///
    /// A symbol must occur twice to be in the vocabulary, so that the unknown token is learnt too. The order of the
    /// texts makes no difference.
    ///
    /// - Throws: `.badData` where no symbol occurs twice.
    public static func trained(
        on texts: some Sequence<String>, symbols: Symbols, vocabSize: Int = defaultVocabSize
    ) throws(Failure) -> Self {
        precondition(vocabSize >= smallestVocabSize, "a vocabulary of \(vocabSize) has no room for a symbol")
        var counts: [[UInt8]: Int] = [:]
        for text in texts {
            for symbol in symbols.split(text) { counts[Array(symbol.utf8), default: 0] += 1 }
        }
        let special = [unknownName, maskName, SpecialTokens.start, SpecialTokens.end]
        var seen = Set(special)  // a name that is only composed in another way stays unknown: files could not tell
        let frequent = counts.filter { $0.value >= 2 }.sorted {
            $0.value == $1.value ? $0.key.lexicographicallyPrecedes($1.key) : $0.value > $1.value
        }.map { String(decoding: $0.key, as: UTF8.self) }.filter { seen.insert($0).inserted }
        guard !frequent.isEmpty else {
            throw Failure(
                .badData, "cannot train tokenizer", at: "symbols",
                because: "none of \(counts.count) symbols occurs twice", try: "give more texts, or take characters")
        }
        let names =
            [unknownName] + frequent.prefix(vocabSize - special.count)
            + [maskName, SpecialTokens.start, SpecialTokens.end]
        return try Self(names, symbols)
    }

    /// The tokenizer of a vocabulary, through the file that will be written: what is read again is the same.
    private init(_ names: [String], _ symbols: Symbols) throws(Failure) {
        let json = Self.pipeline(names, symbols), path = TokenizerFiles.pipeline
        try self.init(
            decodeTokenizer(TokenizerFile.self, Array(json.utf8), path), of: path,
            TokenizerFiles([path: json, TokenizerFiles.specialTokens: "{\n  \(Self.specialNames)\n}\n"]))
    }

    /// Beside the pipeline, for Hugging Face's `AutoTokenizer`.
    static func settings(_ contextLength: Int) -> String {
        """
        {
          "tokenizer_class": "PreTrainedTokenizerFast",
          "model_max_length": \(contextLength),
          \(specialNames)
        }

        """
    }

    private static var specialNames: String {
        """
        "bos_token": "\(SpecialTokens.start)",
          "eos_token": "\(SpecialTokens.end)",
          "pad_token": "\(SpecialTokens.end)",
          "unk_token": "\(unknownName)",
          "mask_token": "\(maskName)"
        """
    }

    /// Hugging Face's `tokenizer.json`.
    private static func pipeline(_ names: [String], _ symbols: Symbols) -> String {
        let mask = names.count - 3, start = names.count - 2, end = names.count - 1
        let vocab = "{" + names.enumerated().map { "\(quoted($1)): \($0)" }.joined(separator: ", ") + "}"
        let spaces = #"{"type": "WhitespaceSplit"}"#
        let characters =
            #"{"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": false}"#
        return """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
                \(addedToken(unknownName, 0)),
                \(addedToken(maskName, mask)),
                \(addedToken(SpecialTokens.start, start)),
                \(addedToken(SpecialTokens.end, end))
              ],
              "normalizer": null,
              "pre_tokenizer": \(symbols == .words
                ? spaces : #"{"type": "Sequence", "pretokenizers": [\#(spaces), \#(characters)]}"#),
              "post_processor": {
                "type": "TemplateProcessing",
                "single": [
                  {"SpecialToken": {"id": "\(SpecialTokens.start)", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "\(SpecialTokens.end)", "type_id": 0}}
                ],
                "pair": [
                  {"SpecialToken": {"id": "\(SpecialTokens.start)", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "\(SpecialTokens.end)", "type_id": 0}},
                  {"Sequence": {"id": "B", "type_id": 1}},
                  {"SpecialToken": {"id": "\(SpecialTokens.end)", "type_id": 1}}
                ],
                "special_tokens": {
                  \(templateToken(SpecialTokens.start, start)),
                  \(templateToken(SpecialTokens.end, end))
                }
              },
              "decoder": null,
              "model": {
                "type": "WordLevel",
                "unk_token": "\(unknownName)",
                "vocab": \(vocab)
              }
            }
            """
    }

    private static func templateToken(_ name: String, _ id: Int) -> String {
        #""\#(name)": {"id": "\#(name)", "ids": [\#(id)], "tokens": ["\#(name)"]}"#
    }
}
