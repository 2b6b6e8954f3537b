public import Failures

/// A transform as a person names it: `zca`, or `whiten:96` for one that shortens to 96 dimensions.
public struct TransformChoice: Sendable, CustomStringConvertible {
    /// Which transform.
    public let type: any EmbeddingTransform.Type
    /// The dimensions that were asked for; nil where all are kept.
    public let outputDim: Int?

    /// A transform to so many dimensions.
    public init(_ type: any EmbeddingTransform.Type, outputDim: Int? = nil) {
        (self.type, self.outputDim) = (type, outputDim)
    }

    /// Reads `NAME` or `NAME:DIMENSIONS`; nil where the name or the number is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let type = embeddingTransforms.first(where: { $0.name == parts[0] }) else {
            return nil
        }
        let outputDim = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count == 1 || outputDim ?? 0 > 0 else { return nil }
        self.init(type, outputDim: outputDim)
    }

    /// As it is written: `whiten:96`.
    public var description: String { type.name + (outputDim.map { ":\($0)" } ?? "") }

    /// What is compared where nothing else is said: what keeps all dimensions, and halves and quarters of them.
    public static func usual(embedDim: Int) -> [TransformChoice] {
        let half = max(1, embedDim / 2), quarter = max(1, embedDim / 4)
        let shortened: [any EmbeddingTransform.Type] = [
            Whitening.self, PrincipalComponents.self, RademacherProjection.self,
        ]
        return [TransformChoice(Unchanged.self), TransformChoice(MeanRemoval.self)]
            + shortened.flatMap { type in
                [TransformChoice(type, outputDim: half), TransformChoice(type, outputDim: quarter)]
            } + [TransformChoice(Prefix.self, outputDim: half)]
    }

    /// The transform for embeddings of length `embedDim`.
    ///
    /// - Throws: `.badSettings` where it cannot make so many dimensions of them.
    public func transform(embedDim: Int, seed: UInt64) throws(Failure) -> any EmbeddingTransform {
        let outputDim = outputDim ?? embedDim
        guard outputDim <= embedDim else {
            throw .unfit(description, "the embeddings have \(embedDim) dimensions", "ask for at most \(embedDim)")
        }
        guard type.shortens || outputDim == embedDim else {
            throw .unfit(description, "\(type.name) keeps all \(embedDim) dimensions", "write \(type.name) alone")
        }
        return type.init(outputDim: outputDim, seed: seed)
    }
}

extension Failure {
    /// A transform that cannot be had of these embeddings.
    static func unfit(_ transform: String, _ why: String, _ remedy: String) -> Failure {
        Failure(.badSettings, "cannot fit transform", at: transform, because: why, try: remedy)
    }
}
