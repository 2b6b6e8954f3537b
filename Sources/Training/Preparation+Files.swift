import Datasets
import Failures
import Foundation
import Storage
import Tokenizers
import Towers

/// The files of a run that are not its checkpoint.
extension Preparation {
    /// Opens the locked towers of a new run, and writes the model with its first weights, the tokenizer and, last,
    /// `run.json`: from then on the folder is a run.
    ///
    /// - Throws: `.cannotWrite`, or what is wrong with a tower; then the folder is removed again.
    func writeFirstFiles(of trainer: inout Trainer) throws(Failure) -> LockedTowers {
        do throws(Failure) {
            let towers = try LockedTowers(self, isNew: true)
            try trainer.readTrainedWeights(for: model)
            try towers.write(to: directory.path)
            try writeModel(of: &trainer, to: directory.path)
            if settings.material == .pairs { try CaptionStock.write(try data.texts(), to: directory.path) }
            try AtomicFile.write(JSONText.pretty(record), to: directory.record)
            return towers
        } catch {
            try? FileManager.default.removeItem(atPath: directory.path)
            throw error
        }
    }

    /// Writes a folder that transformers and open_clip open, or that of one tower alone: weights (averaged, where the run keeps an average), settings,
    /// preprocessing, tokenizer, and some captions.
    func writeModel(of trainer: inout Trainer, to folder: String) throws(Failure) {
        let settings = try ModelSettings(model: model, preprocessing: preprocessing)
        let locked = self.settings.towers?.locked ?? []
        for side in locked { try LockedTower.linkWeights(of: side, from: directory.path, to: folder) }
        let side = self.settings.material.side
        try trainer.withBestWeights { (trainer) throws(Failure) in
            try trainer.readModel { (floats) throws(Failure) in
                if let side {
                    try ModelFolder.writeTower(
                        side, of: settings, trainer.modelStore, floats: floats, startToken: tokenizer.startToken,
                        endToken: tokenizer.endToken, to: folder)
                } else {
                    try ModelFolder.write(
                        settings, trainer.modelStore, floats: floats, locked: locked, startToken: tokenizer.startToken,
                        endToken: tokenizer.endToken, to: folder)
                }
            }
        }
        if folder != directory.path { try CaptionStock.copy(from: directory.path, to: folder) }
        if side != .image { try tokenizer.write(to: folder, contextLength: model.plan.contextLength) }
    }
}
