import Catalogue
import Failures
import Foundation
import Storage

/// Where everything of a run lies. The folder is at the same time a Hugging Face CLIP folder.
struct RunDirectory {
    let path: String

    var log: String { "\(path)/log.jsonl" }
    var skipped: String { "\(path)/skipped.jsonl" }
    var record: String { "\(path)/run.json" }
    var best: String { "\(path)/best" }
    /// Decoded pictures, while the run is not done.
    var pixels: String { "\(path)/pixels.cache" }
    /// What locked towers made, beside the run, so that the next one finds it, and clip-index as well.
    var features: String { FeatureCache.path(beside: path) }
    var checkpoint: Checkpoint { Checkpoint(folder: "\(path)/checkpoint") }

    /// `runs/NAME-DATE-TIME`, after the data's folder or file.
    static func defaultPath(for data: String, at date: Date = Date()) -> String {
        let url = URL(fileURLWithPath: data).standardizedFileURL
        let last = url.deletingPathExtension().lastPathComponent
        let isGeneric = ["prepared", "captions", "train", "metadata"].contains(last)
        let name = isGeneric ? url.deletingLastPathComponent().lastPathComponent : last
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyyMMdd-HHmmss"
        return "runs/\(name.isEmpty ? "data" : name)-\(format.string(from: date))"
    }

    /// Makes a folder for a new run.
    ///
    /// - Throws: `.cannotWrite` where it cannot be written, `.badSettings` where it already holds something.
    @discardableResult static func make(_ path: String) throws(Failure) -> RunDirectory {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard found.isEmpty else {
            let holdsRun = found.contains("run.json")
            throw Failure(
                .badSettings, "cannot start run", at: path,
                because: holdsRun ? "it already holds a run" : "the folder is not empty",
                try: holdsRun ? "go on with --resume \(path), or give another --output" : "give another --output")
        }
        try AtomicFile.makeFolder(path)
        let directory = RunDirectory(path: path)
        try AtomicFile.write("", to: directory.log)
        try AtomicFile.write("", to: directory.skipped)
        return directory
    }

    /// Opens the folder of a run that was begun.
    ///
    /// - Throws: `.missingInput` where there is none.
    static func open(_ path: String) throws(Failure) -> RunDirectory {
        guard FileManager.default.fileExists(atPath: "\(path)/run.json") else {
            throw Failure(
                .missingInput, "cannot resume", at: path, because: "no run.json in it",
                try: "give the run directory that clip-train made")
        }
        return RunDirectory(path: path)
    }
}
