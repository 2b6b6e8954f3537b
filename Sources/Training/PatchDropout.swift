import Tensors

/// Which patches of its pictures a training step sees: a random share of each, another one every time.
///
/// Li et al. 2023 (FLIP), section 3: the dropped ones are never computed, and the last part of a run sees all, so that
/// the model has met whole pictures before it is used (there, "unmasked tuning").
package struct PatchDropout: Codable, Sendable, Equatable {
    /// The share that is not seen.
    package var share: Float

    /// From here on, in shares of the budget, all patches are seen.
    static let end = 0.9

    /// The patches of `count` pictures that are seen, picture by picture, ascending; nil where all are.
    func places(of patches: Int, count: Int, seed: UInt64, step: Int, progress: Double) -> [Int]? {
        guard share > 0, progress < Self.end else { return nil }
        let shown = max(1, Int((Float(patches) * (1 - share)).rounded()))
        return (0..<count).flatMap { picture in
            var random = SeededRandom(seed: seed, purpose: .patches, epoch: step, item: picture)
            return random.permutation(patches).prefix(shown).sorted()
        }
    }
}
