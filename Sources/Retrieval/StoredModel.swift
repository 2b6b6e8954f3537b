import Datasets
import Failures
import Foundation
import Storage
import Towers
import VectorIndex

/// The copy of a model that lies inside an index, so that the index can be asked without the run it came from.
struct StoredModel {
    /// The copy's name in the index folder; it holds the model's fingerprint.
    let name: String

    init(_ fingerprint: Fingerprint) { name = "model-\(fingerprint.description.prefix(16))" }

    /// Fails unless an index, whose files are `attachments`, holds this model.
    func checkSame(as attachments: [String: String], of index: String, model: String) throws(Failure) {
        guard let stored = attachments[Attachment.model], stored != name else { return }
        throw Failure(
            .badSettings, "cannot update index", at: index,
            because: "it holds embeddings of \(stored), and \(model) is \(name)",
            try: "choose another --output, or delete the index to build it anew")
    }

    /// Fails unless the copy at `path`, inside an index of embeddings of length `expected`, is this model.
    func checkFound(at path: String, _ embedDim: Int, _ expected: Int) throws(Failure) {
        guard path.hasSuffix("/\(name)"), embedDim == expected else {
            throw Failure(
                .badSettings, "cannot search", at: path, because: "it is not the model that the index was made with",
                try: "build the index again with clip-index")
        }
    }

    /// Copies the model from `folder` into `index`: beside its place, flushed, then renamed.
    func copy(from folder: String, into index: String) throws(Failure) {
        let target = "\(index)/\(name)", temporary = "\(target).writing-\(ProcessInfo.processInfo.processIdentifier)"
        let manager = FileManager.default
        guard !manager.fileExists(atPath: target) else { return }
        try AtomicFile.makeFolder(temporary)
        do throws(Failure) {
            for file in try ModelFolder.settingsFiles + [CaptionStock.fileName] + WeightFiles.names(in: folder)
            where manager.fileExists(atPath: "\(folder)/\(file)") {
                let source = try MappedFile("\(folder)/\(file)")
                try AtomicFile.makeFolder(("\(temporary)/\(file)" as NSString).deletingLastPathComponent)
                try AtomicFile.write(to: "\(temporary)/\(file)") { (output) throws(Failure) in
                    try source.read { (bytes) throws(Failure) in try output.append(bytes) }
                }
            }
            do { try manager.moveItem(atPath: temporary, toPath: target) } catch {
                throw Failure(
                    .cannotWrite, "cannot write", at: target, because: "the copy of the model cannot be renamed",
                    try: "check the path and the disk")
            }
        } catch {
            try? manager.removeItem(atPath: temporary)
            throw error
        }
    }
}

/// What an index keeps beside the embeddings, by the names in its manifest.
enum Attachment {
    static let model = "model"
    static let catalogue = "catalogue"
    /// Of an index of texts, in place of the catalogue.
    static let passages = "passages"
    /// Of an index of vectors that came without pictures or texts, where they have names.
    static let rows = "rows"
    /// What was done to vectors before they were stored, and is done to queries.
    static let transform = "transform"
    /// Says `kept` where vectors were not divided by their lengths.
    static let lengths = "lengths"
}
