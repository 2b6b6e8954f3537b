public import Failures
import Storage

extension IndexSnapshot {
    /// Attachments up to this size are compared with their checksums whenever they are opened; larger ones by
    /// `damages`.
    static let checkedAtOpening = 32 << 20

    /// The path of an attachment, compared with its checksum unless it is large; nil where there is none of that name.
    ///
    /// - Throws: `.badData` where it is damaged, `.missingInput` where it is gone.
    public func attachment(_ name: String) throws(Failure) -> String? {
        guard let file = manifest.attachments[name] else { return nil }
        let path = "\(folder)/\(file)"
        if let size = FileStatus(path)?.size, size > Self.checkedAtOpening { return path }
        try checkAttachment(name, path)
        return path
    }

    private func checkAttachment(_ name: String, _ path: String) throws(Failure) {
        guard let expected = manifest.attachmentChecksums[name] else { return }
        guard try IndexFiles.checksum(path) == expected else {
            throw .damaged(path, "its bytes do not match their checksum")
        }
    }

    /// Compares every block of every file with its checksum, and the segments' ids with each other: all that is wrong.
    public mutating func damages() -> [Failure] {
        var damages: [Failure] = []
        func note(_ body: () throws(Failure) -> Void) {
            do throws(Failure) { try body() } catch { damages.append(error) }
        }
        for s in segments.indices {
            for block in 0..<blockCount(of: s) {
                note { () throws(Failure) in try check(block: block, of: s) }
            }
        }
        for (name, file) in manifest.attachments.sorted(by: { $0.key < $1.key }) {
            note { () throws(Failure) in try checkAttachment(name, "\(folder)/\(file)") }
        }
        let ids = ids
        if let twin = zip(ids, ids.dropFirst()).first(where: { $0 == $1 }) {
            damages.append(.damaged(folder, "number \(twin.0) is there twice"))
        }
        return damages
    }
}
