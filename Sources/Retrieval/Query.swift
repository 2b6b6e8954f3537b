public import Failures
import Foundation
import Images
import Kernels
import Storage
import VectorIndex

/// What is looked for: words and pictures, each with a weight; their embeddings add up.
public struct Query: Sendable, Equatable {
    /// Words, or the path of a picture.
    public enum Content: Sendable, Equatable {
        case words(String)
        case picture(String)
    }

    /// One summand.
    public struct Part: Sendable, Equatable {
        /// What its embedding is multiplied by; negative for what is not wanted.
        public var weight: Float
        /// What is embedded.
        public var content: Content

        /// A summand.
        public init(_ content: Content, weight: Float = 1) {
            self.content = content
            self.weight = weight
        }

        /// Reads `words`, or `2:words` and `0.5:words` with a weight.
        public init(words text: String) {
            let (weight, rest) = Self.split(text)
            self.init(.words(rest), weight: weight)
        }

        /// Reads `picture.jpg` or, where no file has that name, `2:picture.jpg` with a weight.
        public init(picture text: String) {
            let (weight, rest) = FileStatus(text) == nil ? Self.split(text) : (1, text)
            self.init(.picture(rest), weight: weight)
        }

        /// Reads words or, where a picture lies at that path, a picture; each with a weight or without.
        public init(wordsOrPicture text: String) {
            let picture = Part(picture: text)
            self = picture.isReadable ? picture : Part(words: text)
        }

        /// The same with the opposite weight.
        public var negated: Part { Part(content, weight: -weight) }

        private var isReadable: Bool {
            guard case .picture(let path) = content, FileStatus(path) != nil, let file = try? MappedFile(path) else {
                return false
            }
            return file.read { PictureFormat(of: $0) } != nil
        }

        /// The number before a colon, if there is one, and the rest.
        private static func split(_ text: String) -> (Float, String) {
            guard let match = text.prefixMatch(of: #/\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+):\s*(?=\S)/#),
                let weight = Float(match.1)
            else { return (1, text) }
            return (weight, String(text[match.range.upperBound...]))
        }
    }

    /// The summands.
    public var parts: [Part]

    /// A query of some parts.
    public init(_ parts: [Part]) { self.parts = parts }

    /// Words lie elsewhere than pictures, also where pictures are added to them.
    var kind: QueryKind {
        parts.contains { if case .words = $0.content { true } else { false } } ? .words : .pictures
    }

    /// The query as a person would write it: "dog + 2 × photo.jpg − snow".
    public var description: String {
        parts.enumerated().map { place, part in
            let sign = part.weight < 0 ? (place == 0 ? "−" : " − ") : (place == 0 ? "" : " + ")
            let size = part.weight.magnitude
            let number = size == 1 ? "" : "\(size == size.rounded() ? "\(Int(size))" : "\(size)") × "
            return switch part.content {
            case .words(let words): sign + number + words
            case .picture(let path): sign + number + (path as NSString).lastPathComponent
            }
        }.joined()
    }
}

extension Encoder {
    /// The direction of `Σ weight · embedding`: a unit vector.
    ///
    /// - Throws: what reading a picture throws; `.badSettings` where the parts leave nothing.
    public mutating func embed(_ query: Query) throws(Failure) -> [Float] {
        var sum = [Float](repeating: 0, count: embedDim)
        for part in query.parts {
            let embedding =
                switch part.content {
                case .words(let words): try embed(captions: [words])[0]
                case .picture(let path): try embed(pictureAt: path)
                }
            for i in sum.indices { sum[i] += part.weight * embedding[i] }
        }
        let length = Float(sumOfSquares(sum.span).squareRoot())
        guard length > 1e-6, length.isFinite else {
            throw Failure(
                .badSettings, "cannot search", at: query.description, because: "its parts cancel each other out",
                try: "change their weights")
        }
        return sum.map { $0 / length }
    }
}
