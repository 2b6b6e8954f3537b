public import Augmentations
import Failures
import Kernels
import Layers

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

    /// Patches along each side of a picture.
    public var patchesPerSide: Int { vision.patchesPerSide }
    /// Rows of a picture before those of its patches: class token and registers.
    public var extraRows: Int { vision.extraRows }

    /// Length of a row of a patch or a token inside a tower.
    public func width(_ side: TowerSide) -> Int { blocks(side).width }

    /// Attention heads of a tower.
    public func heads(_ side: TowerSide) -> Int { blocks(side).heads }

    /// Kinds of segments that the text tower tells apart by a row of their own; 0 where it does not.
    public var segmentKinds: Int { text.segmentKinds }

    /// Whether a token of the text tower sees none that come behind it.
    public var isCausal: Bool { text.blocks.causal }

    private func blocks(_ side: TowerSide) -> BlockSettings { side == .image ? vision.blocks : text.blocks }

    /// Length of what a tower makes of a picture or a caption, before its projection.
    public func featureWidth(_ side: TowerSide) -> Int {
        side == .image ? vision.featureWidth : text.featureWidth
    }

    /// The towers in words, one a line; of one tower alone, that one.
    public func sentences(only side: TowerSide? = nil) -> [String] {
        let all = [
            "pictures of \(imageSize) pixels in patches of \(patchSize) through "
                + "\(vision.blocks.layers) × \(vision.blocks.width)",
            "texts of up to \(contextLength) tokens out of \(vocabSize) through "
                + "\(text.blocks.layers) × \(text.blocks.width)",
            "embeddings of \(embedDim)",
        ]
        switch side {
        case .image: return [all[0], "embeddings of \(featureWidth(.image))"]
        case .text: return [all[1], "embeddings of \(featureWidth(.text))"]
        case nil: return all
        }
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
        guard !(text.pooling == .first && text.blocks.causal) else {
            throw .settings(place, "the first token of a causal text tower has seen itself alone")
        }
    }
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
