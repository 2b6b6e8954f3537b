public import Autodiff
public import Tensors

/// All rows that a tower makes of its pictures or texts, behind its last norm: what objectives of single patches and tokens
/// work on, and what pooling makes one row of.
public struct TowerRows: Sendable {
    /// The tower that made them.
    public let side: TowerSide
    /// `[rows, width]`.
    public let tensor: Tensor
    /// The rows of each picture or text.
    public let segments: Segments
    /// Rows of each picture before those of its patches: class token and registers; 0 for texts.
    public let extra: Int
}

/// Patches that a picture tower does not get to see: a learnt row takes the place of theirs, and keeps the position — Xie
/// et al. 2022 (SimMIM), section 3.2.
public struct MaskedPatches: Sendable {
    /// Which rows of the patches at hand, counted through all pictures; each named once.
    public let rows: [Int]
    /// What takes their place, `[width]`.
    public let row: Tensor

    /// These rows, replaced by that one.
    public init(rows: [Int], row: Tensor) { (self.rows, self.row) = (rows, row) }
}

extension Segments {
    /// The numbers of all rows but the first `count` of each segment.
    func rows(from count: Int) -> [Int] {
        (0..<self.count).flatMap { self[$0].lowerBound + count..<self[$0].upperBound }
    }
}
