import Catalogue
import Datasets
import Failures
import Towers

/// Towers that were trained elsewhere.
extension Trainer {
    /// Gives a tower of the model the weights that lie in `folder`.
    ///
    /// - Throws: `.missingInput`, `.badData`, or `.badSettings` that names a tensor which does not fit.
    mutating func readTower(_ side: TowerSide, of towers: DualEncoder, from folder: String) throws(Failure) {
        try model.readTower(side, of: towers, from: folder, store, into: &tape)
        average = MovingAverage(of: tape, decay: settings.emaDecay)
    }

    /// Learns what the columns of features look like over the training set: of each content once.
    mutating func standardize(by features: BatchFeatures, _ preparation: Preparation) throws(Failure) {
        if let pictures = features.pictures {
            var seen: Set<FeatureKey> = []
            let contents = preparation.dataset.training.compactMap { pictures.key(of: $0) }
                .filter { seen.insert($0).inserted }
            standardizations[.image] = try Standardization(
                contents, in: pictures.table,
                centering: model.firstLayer(of: .image).bias != nil)
        }
        if let captions = features.captions {
            let texts = try preparation.dataset.captions(of: preparation.dataset.training)
            standardizations[.text] = try Standardization(
                preparation.distinctTokens(of: texts).map { FeatureKey(tokens: $0) }, in: captions,
                centering: model.firstLayer(of: .text).bias != nil)
        }
    }
}
