import Layers

/// How towers that come trained go on learning: gently, and the more so the further a block lies from the embedding.
///
/// A group is a block, counted from the tower's end; the last group is what lies before the blocks. What is behind them
/// belongs to the first group. Groups as in open_clip; decay by layers as Clark et al. 2020 (ELECTRA), appendix A.
public struct FineTuning: Sendable, Equatable {
    /// The towers that come trained.
    public var sides: Set<TowerSide>
    /// How many groups of each tower learn; all where nil.
    public var groups: Int?
    /// The learning rate of a tower's first group, as a share of that of projections.
    public var rate: Float
    /// What the learning rate is multiplied by from each group to the next.
    public var layerDecay: Float
    /// Rank of the updates of attention's matrices that are learnt in place of the towers' weights; nil where those learn.
    public var rank: Int?

    /// How towers learn.
    public init(of sides: Set<TowerSide>, groups: Int? = nil, rate: Float, layerDecay: Float, rank: Int? = nil) {
        (self.sides, self.groups, self.rate, self.layerDecay) = (sides, groups, rate, layerDecay)
        self.rank = rank
    }
}

/// What of one tower learns.
struct TowerTuning: Sendable, Equatable {
    /// How many blocks, and all before them, have no gradients; nil where everything has.
    var frozenBlocks: Int?
    /// Rank of the updates that learn in place of the weights.
    var rank: Int?

    init() {}

    /// What `tuning` says of a tower.
    init(_ tuning: FineTuning?, of side: TowerSide, _ plan: ModelPlan) {
        guard let tuning, tuning.sides.contains(side) else { return }
        let layers = side == .image ? plan.vision.blocks.layers : plan.text.blocks.layers
        let groups = tuning.groups ?? .max
        rank = tuning.rank
        // Low-rank updates lie in blocks, so that nothing before the first one learns.
        frozenBlocks = groups <= layers ? layers - groups : rank == nil ? nil : 0
    }
}

extension ModelPlan {
    /// The share of the learning rate that a parameter of this name has: 0 where it stays as it is, 1 outside towers that
    /// come trained.
    public func rate(of name: String, _ tuning: FineTuning) -> Float {
        guard let side = tuning.sides.first(where: { name.hasPrefix($0.prefix) }) else { return 1 }
        let part = name.dropFirst(side.prefix.count), blocks = side == .image ? vision.blocks : text.blocks
        let group: Int
        if part.hasPrefix("\(blocks.names.blocks)."),
            let number = Int(part.dropFirst(blocks.names.blocks.count + 1).prefix { $0 != "." })
        {
            group = blocks.layers - number
        } else {
            group = isBehindBlocks(part, side) ? 1 : blocks.layers + 1
        }
        let isUpdate = part.contains(".\(LowRankUpdate.name).")
        guard group <= tuning.groups ?? .max, isUpdate == (tuning.rank != nil) else { return 0 }
        var rate = tuning.rate
        for _ in 1..<group { rate *= tuning.layerDecay }
        return rate
    }

    private func isBehindBlocks(_ part: Substring, _ side: TowerSide) -> Bool {
        let names =
            side == .image ? [vision.names.normAfter, vision.headName] : [text.names.normAfter, text.names.head]
        return part == TextTower.queryName || names.contains { $0.map { part.hasPrefix("\($0).") } ?? false }
    }
}
