import Augmentations
import Objectives
import Tensors

/// Which further views of its pictures a batch holds, in the order in which they lie: two that are changed much, then one
/// that is cropped and mirrored alone.
struct PictureNeeds: Sendable, Equatable {
    /// Whether two views are compared.
    let hasTwoViews: Bool
    /// Shares of patches that are hidden, per cent: those that are never computed, and those behind a learnt row.
    let visible, masked: [Int]

    init(_ needs: Set<BatchNeed>) {
        hasTwoViews = needs.contains(.pictureViews)
        visible = needs.compactMap { if case .visiblePatches(let hidden) = $0 { hidden } else { nil } }.sorted()
        masked = needs.compactMap { if case .maskedPatches(let hidden) = $0 { hidden } else { nil } }.sorted()
    }

    /// Whether a view is there whose patches are hidden.
    var hasPlainView: Bool { !(visible.isEmpty && masked.isEmpty) }
    /// Where that view lies.
    var plainView: Int { hasTwoViews ? 2 : 0 }

    /// What makes the views, of pictures that are `side` pixels high and wide.
    ///
    /// The two views of small pictures are distorted half as strongly and not blurred — Chen et al. 2020, appendix B.9. The
    /// plain one is a crop of a fifth to the whole of the area — He et al. 2022, appendix A.1.
    func recipes(side: Int, padsToSquare: Bool, flips: Bool) -> [[any Augmentation]] {
        let whole: [any Augmentation] = (padsToSquare ? [PadToSquare()] : []) + [Shrink(shorterSide: 2 * side)]
        let flip: [any Augmentation] = flips ? [RandomFlip()] : []
        let isSmall = side <= 64
        let view = [any Augmentation].simCLR(side: side, strength: isSmall ? 0.5 : 1, isBlurred: !isSmall)
        let plain = [RandomResizedCrop(side: side, scale: 0.2...1)] + flip
        return (hasTwoViews ? [whole + view, whole + view] : []) + (hasPlainView ? [whole + plain] : [])
    }
}

/// Draws which patches of each picture are hidden.
struct HiddenPatches {
    var hiddenPercent: Int
    var seed: UInt64
    var step: Int

    /// Of `count` pictures with so many patches each, the hidden ones, ascending; as many of one picture as of another.
    func places(of patches: Int, count: Int) -> [[Int]] {
        let hidden = min(max((patches * hiddenPercent + 50) / 100, 1), patches - 1)
        return (0..<count).map { picture in
            // Objectives that hide another share hide other patches.
            let item = picture << 8 | hiddenPercent
            var random = SeededRandom(seed: seed, purpose: .masking, epoch: step, item: item)
            return random.permutation(patches).prefix(hidden).sorted()
        }
    }
}
