public import Augmentations
import Failures
import Kernels

/// What a model is made of, whoever described it: two towers, and what brings their rows into one space.
public struct ModelPlan: Sendable, Equatable {
    /// Length of the joint embedding.
    public var embedDim: Int
    var vision: VisionPlan
    var text: TextPlan
    var imageProjection, textProjection: ProjectionPlan

    /// Side of the square picture, in pixels.
    public var imageSize: Int { vision.imageSize }
    /// Side of a patch, in pixels.
    public var patchSize: Int { vision.patchSize }
    /// How a picture is cut into patches.
    public var layout: PatchLayout { PatchLayout(side: imageSize, patchSize: patchSize) }
    /// Patches of a picture.
    public var patches: Int { vision.patches }
    /// Numbers of a patch: channels × patchSize × patchSize.
    public var patchWidth: Int { vision.patchWidth }
    /// The longest caption, in tokens, start and end included.
    public var contextLength: Int { text.contextLength }
    /// Number of tokens that exist.
    public var vocabSize: Int { text.vocabSize }

    /// Length of what a tower makes of a picture or a caption, before its projection.
    public func featureWidth(_ side: TowerSide) -> Int {
        side == .image ? vision.featureWidth : text.featureWidth
    }

    /// The towers in words, one a line.
    public var sentences: [String] {
        [
            "pictures of \(imageSize) pixels in patches of \(patchSize) through "
                + "\(vision.blocks.layers) × \(vision.blocks.width)",
            "captions of up to \(contextLength) tokens out of \(vocabSize) through "
                + "\(text.blocks.layers) × \(text.blocks.width)",
            "embeddings of \(embedDim)",
        ]
    }
}

extension ModelPlan {
    /// Whether every setting is possible beside the others.
    ///
    /// - Throws: `.badSettings` that names the two that disagree.
    func check(named place: String) throws(Failure) {
        guard vision.imageSize % vision.patchSize == 0 else {
            throw .settings(place, "image_size \(vision.imageSize) is not a multiple of patch_size \(vision.patchSize)")
        }
        let hasClassToken = vision.names.classToken != nil, pooling = vision.pooling
        guard hasClassToken || !(pooling == .classToken || pooling == .classAndMean) else {
            throw .settings(place, "the picture tower has no class token to pool by \(pooling.rawValue)")
        }
        guard pooling != .attention || vision.names.head != nil else {
            throw .settings(place, "the picture tower has no attention pooling")
        }
        guard !(text.pooling == .first && text.blocks.causal) else {
            throw .settings(place, "the first token of a causal text tower has seen itself alone")
        }
    }
}

/// How a tower's row becomes an embedding.
enum ProjectionPlan: Sendable, Equatable {
    /// Multiplied by a matrix of this name, `[embedDim, width]`.
    case linear(String)
    /// The same, with a bias beside the matrix: the head of a tower.
    case affine(String)
    /// Through a hidden layer of this width with GELU and a bias; then a matrix and a bias again.
    case hidden(String, width: Int)
}

extension ModelConfiguration {
    /// What the model is made of.
    public var plan: ModelPlan {
        let activation: Activation = quickGELU ? .quickGELU : .gelu
        return ModelPlan(
            embedDim: embedDim,
            vision: VisionPlan(
                imageSize: vision.imageSize, patchSize: vision.patchSize,
                blocks: BlockSettings(
                    width: vision.width, heads: vision.heads, hiddenWidth: vision.hiddenWidth, layers: vision.layers,
                    activation: activation),
                pooling: vision.pooling == .classToken ? .classToken : .mean),
            text: TextPlan(
                contextLength: text.contextLength, vocabSize: text.vocabSize,
                blocks: BlockSettings(
                    width: text.width, heads: text.heads, hiddenWidth: text.hiddenWidth, layers: text.layers,
                    causal: true, activation: activation),
                pooling: .last),
            imageProjection: .linear("visual_projection"), textProjection: .linear("text_projection"))
    }
}
