public import Failures

/// A caption as a text tower reads it: start token, words, end token.
public struct Tokens: Sendable, Equatable {
    /// Token ids, at most the context length; the first is the start token, the last the end token.
    public var ids: [Int32]
    /// Some words at the caption's end did not fit.
    public var isTruncated: Bool

    /// Tokens from their ids.
    public init(ids: [Int32], isTruncated: Bool) {
        self.ids = ids
        self.isTruncated = isTruncated
    }
}

/// Turns captions into token ids.
public protocol Tokenizer: Sendable {
    /// How many ids there are: every id lies in `0..<vocabSize`.
    var vocabSize: Int { get }
    /// Begins every caption, where there is such a token.
    var startToken: Int32? { get }
    /// Ends every caption, also a truncated one.
    var endToken: Int32? { get }
    /// Stands for a word that is hidden, where there is such a token.
    var maskToken: Int32? { get }
    /// Tokens that are no words: start, end, unknown and the like. They are never hidden.
    var specialTokens: Set<Int32> { get }

    /// The tokens of `text`: no padding, and never more than `contextLength` (at least 2) of them.
    func encode(_ text: String, contextLength: Int) -> Tokens

    /// Writes the files from which this tokenizer can be read again, here and by Hugging Face's libraries.
    ///
    /// - Throws: `.cannotWrite`.
    func write(to folder: String, contextLength: Int) throws(Failure)
}

/// How many captions lose their end to the context length.
public struct TruncatedShare: Sendable, Equatable, CustomStringConvertible {
    /// Captions seen.
    public private(set) var captions = 0
    /// Those of them that were truncated.
    public private(set) var truncated = 0

    /// No caption seen.
    public init() {}

    /// Counts one caption.
    public mutating func add(_ tokens: Tokens) {
        captions += 1
        if tokens.isTruncated { truncated += 1 }
    }

    /// "12 of 10800 captions truncated (0.1 %)".
    public var description: String {
        let tenths = captions == 0 ? 0 : (truncated * 1000 + captions / 2) / captions
        return "\(truncated) of \(captions) captions truncated (\(tenths / 10).\(tenths % 10) %)"
    }
}

extension Tokenizer {
    /// How many of `captions` do not fit into `contextLength` tokens.
    public func truncatedShare(of captions: some Sequence<String>, contextLength: Int) -> TruncatedShare {
        var share = TruncatedShare()
        for caption in captions { share.add(encode(caption, contextLength: contextLength)) }
        return share
    }
}
