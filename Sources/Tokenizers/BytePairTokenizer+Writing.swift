public import Failures
import Storage

extension BytePairTokenizer {
    /// Writes `tokenizer.json`, `vocab.json`, `merges.txt`, `tokenizer_config.json` and `special_tokens_map.json`.
    ///
    /// Hugging Face's `CLIPTokenizer` and `CLIPTokenizerFast` read the folder and give the same ids.
    ///
    /// - Throws: `.cannotWrite`.
    public func write(to folder: String, contextLength: Int) throws(Failure) {
        let lines = merges.map { "\(names[Int($0.pair.left)]) \(names[Int($0.pair.right)])" }
        let vocab = "{" + names.enumerated().map { "\(quoted($1)): \($0)" }.joined(separator: ", ") + "}"
        let files = [
            "tokenizer.json": tokenizerJSON(vocab, merges: "[" + lines.map(quoted).joined(separator: ", ") + "]"),
            "vocab.json": vocab,
            "merges.txt": "#version: 0.2\n" + lines.map { $0 + "\n" }.joined(),
            "tokenizer_config.json": """
            {
              "tokenizer_class": "CLIPTokenizer",
              "model_max_length": \(contextLength),
              "do_lower_case": true,
              \(specialNames)
            }
            """,
            "special_tokens_map.json": "{\n  \(specialNames)\n}",
        ]
        try AtomicFile.makeFolder(folder)
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            try AtomicFile.write(text, to: "\(folder)/\(name)")
        }
    }

    private var specialNames: String {
        """
        "bos_token": "\(SpecialTokens.start)",
          "eos_token": "\(SpecialTokens.end)",
          "pad_token": "\(SpecialTokens.end)",
          "unk_token": "\(SpecialTokens.end)"
        """
    }

    /// The pipeline that `CLIPTokenizerFast` builds, spelled out; see `WordScanner` for what its steps do.
    private func tokenizerJSON(_ vocab: String, merges: String) -> String {
        let pattern =
            #"<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"#
        return """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
                \(addedToken(SpecialTokens.start, Int(start))),
                \(addedToken(SpecialTokens.end, Int(end)))
              ],
              "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "NFC"},
                {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
                {"type": "Lowercase"}
              ]},
              "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": "\(pattern)"}, "behavior": "Removed", "invert": true},
                {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}
              ]},
              "post_processor": {
                "type": "RobertaProcessing",
                "sep": ["\(SpecialTokens.end)", \(end)], "cls": ["\(SpecialTokens.start)", \(start)],
                "trim_offsets": false, "add_prefix_space": false
              },
              "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
              "model": {
                "type": "BPE", "dropout": null, "unk_token": "\(SpecialTokens.end)",
                "continuing_subword_prefix": "", "end_of_word_suffix": "\(ByteSymbols.endOfWord)",
                "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                "vocab": \(vocab),
                "merges": \(merges)
              }
            }
            """
    }
}
