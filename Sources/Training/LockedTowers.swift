import Failures
import Foundation
import Towers

/// The towers of a run that stay as they are, until all features are made.
struct LockedTowers: ~Copyable {
    var image: LockedTower?
    var text: LockedTower?
    /// The number of weights that stay as they are.
    private(set) var parameterCount = 0

    /// None.
    init() {}

    /// Reads the towers' weights: a new run's from where they were trained, one that goes on from its own folder.
    ///
    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` that names a tensor which does not fit.
    init(_ preparation: Preparation, isNew: Bool) throws(Failure) {
        guard let settings = preparation.settings.towers, case .dualEncoder(let towers) = preparation.model else {
            return
        }
        for side in TowerSide.allCases where settings.locked.contains(side) {
            let trained = try isNew ? settings.choices?.folder(of: side) ?? settings.pretrained : nil
            let tower = try LockedTower(
                side, of: towers, preparation.preprocessing, from: trained ?? preparation.directory.path)
            parameterCount += tower.parameterCount
            switch side {
            case .image: image = consume tower
            case .text: text = consume tower
            }
        }
    }

    /// Writes one tower's weights, if it is there.
    private static func write(_ tower: borrowing LockedTower?, to folder: String) throws(Failure) {
        switch tower {
        case .some(let tower): try tower.write(to: folder)
        case .none: break
        }
    }

    /// Writes the weights into the folder of a run.
    ///
    /// - Throws: `.cannotWrite`.
    func write(to folder: String) throws(Failure) {
        try Self.write(image, to: folder)
        try Self.write(text, to: folder)
    }
}
