import Autodiff
import Failures
import Foundation
import Storage
import Tensors
import Towers

/// The folder `checkpoint` of a run: everything that going on needs.
///
/// Each checkpoint's floats lie in files of its own, with its step in their names; `position.json` is written last, is
/// renamed onto its place and says which step counts. A crash at any moment leaves the old checkpoint or the new one.
struct Checkpoint {
    let folder: String

    /// The tables of floats that a checkpoint holds, each with one float a weight.
    enum Table: String, CaseIterable {
        case weights
        case firstMoments = "first_moments"
        case secondMoments = "second_moments"
        case average
    }

    private var positionFile: String { "\(folder)/position.json" }
    private func file(_ table: Table, _ step: Int) -> String { "\(folder)/\(table.rawValue)-\(step).safetensors" }

    /// Where the run was when it was saved; nil if it never was.
    func position() throws(Failure) -> Position? {
        guard FileManager.default.fileExists(atPath: positionFile) else { return nil }
        return try JSONText.read(Position.self, from: positionFile)
    }

    /// Writes `trainer` at `position`, then removes what older checkpoints left.
    func write(_ trainer: borrowing Trainer, at position: Position) throws(Failure) {
        try AtomicFile.makeFolder(folder)
        let parts = trainer.store.parameters.map { parameter in
            Safetensors.Part(parameter.name, parameter.tensor.shape.axes, at: parameter.tensor.range)
        }
        for table in Table.allCases where trainer.has(table) {
            try trainer.read(table) { (floats) throws(Failure) in
                try Safetensors.write(parts, of: floats, to: file(table, position.step))
            }
        }
        try AtomicFile.write(JSONText.pretty(position), to: positionFile)
        removeFiles(but: position.step)
    }

    /// Reads the floats of the checkpoint at `position` into `trainer`.
    ///
    /// - Throws: `.badSettings` where a tensor is missing or has another shape than the model's, `.badData` where a file
    ///   is damaged.
    func read(into trainer: inout Trainer, at position: Position) throws(Failure) {
        for table in Table.allCases where trainer.has(table) {
            let tensors = try Safetensors(file(table, position.step))
            try check(tensors.names.map { ($0, tensors.shape(of: $0) ?? []) }, trainer.store, tensors.path)
            for parameter in trainer.store.parameters {
                try trainer.write(table, parameter.tensor.range) { (floats) throws(Failure) in
                    try tensors.read(parameter.name, into: &floats)
                }
            }
        }
    }

    private func check(_ found: [(String, [Int])], _ store: ParameterStore, _ path: String) throws(Failure) {
        let shapes = Dictionary(found) { first, _ in first }
        for parameter in store.parameters {
            let expected = parameter.tensor.shape.axes
            guard shapes[parameter.name] != expected else { continue }
            let what = shapes[parameter.name].map { "shape \($0)" } ?? "nothing"
            throw mismatch(path, "\(parameter.name): found \(what), expected \(expected)")
        }
        guard shapes.count == store.parameters.count else {
            throw mismatch(path, "found \(shapes.count) tensors, expected \(store.parameters.count)")
        }
    }

    private func mismatch(_ path: String, _ why: String) -> Failure {
        Failure(
            .badSettings, "cannot resume", at: path, because: why, try: "give the run that this checkpoint belongs to")
    }

    /// A file that cannot be removed costs space and no more.
    private func removeFiles(but step: Int) {
        let kept = Set(Table.allCases.map { file($0, step) } + [positionFile])
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasSuffix(".safetensors") && !kept.contains("\(folder)/\(name)") {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }
}
