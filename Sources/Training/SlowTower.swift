import Autodiff
import Objectives
import Towers

/// A copy of the picture tower that follows it slowly: what makes the keys of MoCo (He et al. 2020, section 3.2).
struct SlowTower: Sendable {
    let model: Model
    private let own, followed: Range<Int>

    /// Declares the copy behind the towers of `store`.
    init(of plan: ModelPlan, in store: inout ParameterStore) {
        guard let followed = store.range(named: TowerSide.image.prefix) else {
            preconditionFailure("a run without picture tower has no slow copy of it")
        }
        let start = store.count
        model = store.declareCopy(named: "slow.") { Model(plan, only: .image, in: &$0) }
        (own, self.followed) = (start..<store.count, followed)
    }

    /// Keeps the share `momentum` of itself, and takes the rest from the tower.
    func follow(on tape: inout Tape, momentum: Float) {
        guard momentum < 1 else { return }
        tape.follow(own, followed, share: 1 - momentum)
    }
}

extension Material {
    /// The one tower that a run needs; nil where it needs both.
    var side: TowerSide? {
        switch self {
        case .pairs: nil
        case .pictures: .image
        case .texts: .text
        }
    }
}
