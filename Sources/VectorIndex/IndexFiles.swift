import Failures
import Foundation
import Storage

/// The files of an index folder: which are ours, and which of those no generation needs any more.
public struct IndexFiles {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    static let lockName = "lock"

    /// The name of an immutable file or folder of one generation: `segment-0000002a.vectors`.
    ///
    /// Whatever has such a name in an index folder is deleted once the manifest no longer names it.
    public static func name(_ what: String, generation: Int, extension suffix: String) -> String {
        let digits = String(generation, radix: 16)
        return "\(what)-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).\(suffix)"
    }

    /// Whether the folder holds an index.
    var isIndex: Bool { FileManager.default.fileExists(atPath: "\(folder)/\(IndexManifest.fileName)") }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }

    /// A folder that is no index yet may hold only what a process that was killed has left there.
    func checkNoForeignFiles() throws(Failure) {
        guard let foreign = names.filter({ $0 != Self.lockName && !Self.isOfOneGeneration($0) }).min() else { return }
        throw Failure(
            .cannotWrite, "cannot make index", at: folder, because: "the folder holds other files, such as \(foreign)",
            try: "choose a new or an empty folder")
    }

    private static func isOfOneGeneration(_ name: String) -> Bool {
        if name.contains(".writing-") { return true }
        guard let dash = name.lastIndex(of: "-") else { return false }
        let digits = name[name.index(after: dash)...].prefix { $0 != "." }
        return ["segment", "removed", "lists", "catalogue", "model", "transform"].contains(name[..<dash])
            && digits.count >= 8
            && digits.allSatisfy(\.isHexDigit)
    }

    /// The CRC-32 of those attachments that are files; one that the former manifest named is as it was.
    func checksums(of attachments: [String: String], former: IndexManifest) throws(Failure) -> [String: UInt32] {
        var checksums: [String: UInt32] = [:]
        for (name, file) in attachments where FileKind("\(folder)/\(file)") == .file {
            if former.attachments[name] == file, let known = former.attachmentChecksums[name] {
                checksums[name] = known
            } else {
                checksums[name] = try Self.checksum("\(folder)/\(file)")
            }
        }
        return checksums
    }

    static func checksum(_ path: String) throws(Failure) -> UInt32 {
        try MappedFile(path).read { Fingerprint($0).crc32Value }
    }

    /// Deletes what earlier generations, or processes that were killed, have left.
    func deleteAll(except manifest: IndexManifest) {
        let needed = manifest.files
        for name in names where Self.isOfOneGeneration(name) && !needed.contains(name) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    /// Deletes all that was written for an index that never had a generation, and the folder where it is ours too.
    func deleteAll(andFolder madeFolder: Bool) {
        for name in names where Self.isOfOneGeneration(name) || name == Self.lockName {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        if madeFolder && names.isEmpty { try? FileManager.default.removeItem(atPath: folder) }
    }
}
