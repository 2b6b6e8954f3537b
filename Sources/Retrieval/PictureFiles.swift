import Datasets
import Failures
import Foundation
import Images
import Storage

/// A file that is to be indexed.
struct FoundFile: Sendable, Equatable {
    /// Absolute.
    var path: String
    /// Bytes.
    var size: Int
    /// When it was last changed: nanoseconds since 1970.
    var modified: Int
}

/// The picture files below some folders.
enum PictureFiles {
    /// All files below `places` (folders or files) that are pictures by their content, or by their name: those that turn
    /// out to be none are then reported. Sorted folder by folder; none is listed twice, and nothing inside `excluded`.
    ///
    /// - Throws: `.missingInput` where a place does not exist.
    static func below(_ places: [String], except excluded: String) throws(Failure) -> [FoundFile] {
        try below(places, except: excluded) { FileNames.isPicture($0) || isPicture($0) }
    }

    /// All files below `places` that are `wanted`, and those that are named themselves.
    static func below(
        _ places: [String], except excluded: String, wanted: (String) -> Bool
    ) throws(Failure) -> [FoundFile] {
        var files: [FoundFile] = [], seen: Set<String> = []
        let excluded = absolute(excluded) + "/"
        for place in places {
            guard FileManager.default.fileExists(atPath: place) else {
                throw Failure(
                    .missingInput, "cannot index", at: place, because: "no such file or folder",
                    try: "check the path")
            }
            let root = absolute(place)
            let paths = FileNames.isFolder(root) ? FileNames.below(root).map { "\(root)/\($0)" } : [root]
            for path in paths where !path.hasPrefix(excluded) && seen.insert(path).inserted {
                guard path == root || wanted(path) else { continue }
                if let file = file(path) { files.append(file) }
            }
        }
        return files
    }

    /// `path` from the root of the file system, with the links on the way to its folder resolved.
    static func absolute(_ path: String) -> String {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        if FileNames.isFolder(url.path) { return url.resolvingSymlinksInPath().path }
        return url.deletingLastPathComponent().resolvingSymlinksInPath().appending(path: url.lastPathComponent).path
    }

    /// Size and time of a file; nil where it is gone.
    static func file(_ path: String) -> FoundFile? {
        FileStatus(path).map { FoundFile(path: path, size: $0.size, modified: $0.modified) }
    }

    /// Whether the content begins as a picture's that can be decoded.
    private static func isPicture(_ path: String) -> Bool {
        guard FileStatus(path) != nil, let file = try? MappedFile(path) else { return false }
        return file.read { PictureFormat(of: $0) } != nil
    }
}
