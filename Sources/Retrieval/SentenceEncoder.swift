public import Failures
import Foundation
import Storage
import Tokenizers
import Towers

/// Writes the text tower of a run, with the projection behind it, as a folder that sentence-transformers opens.
///
/// - Throws: `.missingInput` or `.badData` where the run is not whole, `.badSettings` where the folder is not empty or the
///   tower is none that sentence-transformers opens, `.cannotWrite`.
public func exportSentenceEncoder(of run: String, to folder: String) throws(Failure) {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard found.isEmpty else {
        throw Failure(
            .badSettings, "cannot export", at: folder, because: "the folder is not empty", try: "give another folder")
    }
    let tokenizer = try readTokenizer(folder: run), loaded = try ModelFolder.read(run)
    do throws(Failure) {
        try loaded.writeSentenceEncoder(to: folder)
        try tokenizer.write(to: folder, contextLength: loaded.model.plan.contextLength)
    } catch {
        try? FileManager.default.removeItem(atPath: folder)
        throw error
    }
}
