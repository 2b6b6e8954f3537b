import Catalogue
import Datasets
import Failures
import Towers

/// Towers that were trained elsewhere.
extension Trainer {
    /// Gives the model the weights that come trained: of whole models all, of towers alone those of the tower.
    ///
    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` that names a tensor which does not fit.
    mutating func readTrainedWeights(for description: ModelDescription) throws(Failure) {
        for folder in settings.initial ?? [] {
            let own = try StartingPoint(folder).sides
            let sides = material.side.map { own.intersection([$0]) } ?? own
            try model.readTowers(sides, ofRun: folder, store, into: &tape)
        }
        if let folder = settings.towers?.pretrained {
            try ModelFolder.read(folder, plan, without: settings.towers?.locked ?? [], store, into: &tape)
        }
        if let towers = settings.towers, let choices = towers.choices, case .dualEncoder(let pair) = description {
            for side in TowerSide.allCases where !towers.locked.contains(side) {
                guard let folder = try choices.folder(of: side) else { continue }
                try model.readTower(side, of: pair, from: folder, store, into: &tape)
            }
        }
        average = MovingAverage(of: tape, decay: settings.emaDecay)
        slow?.follow(on: &tape, momentum: 0)
    }

    /// Learns what the columns of features look like over the training set: of each content once. Projections that come
    /// trained know features as they are.
    mutating func standardize(by features: BatchFeatures, _ preparation: Preparation) throws(Failure) {
        guard settings.towers?.pretrained == nil else { return }
        if let pictures = features.pictures {
            var seen: Set<FeatureKey> = []
            let contents = preparation.training.compactMap { pictures.key(of: $0) }
                .filter { seen.insert($0).inserted }
            standardizations[.image] = try Standardization(
                contents, in: pictures.table,
                centering: model.layers(of: .image)[0].bias != nil)
        }
        if let captions = features.captions {
            let texts = try preparation.dataset.captions(of: preparation.training)
            standardizations[.text] = try Standardization(
                preparation.distinctTokens(of: texts).map { FeatureKey(tokens: $0) }, in: captions,
                centering: model.layers(of: .text)[0].bias != nil)
        }
    }
}
