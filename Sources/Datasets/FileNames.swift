import Foundation
import Storage

/// Paths and names of files, and what their endings promise.
package enum FileNames {
    /// Endings of files that a person means as pictures. What is really inside is decided by the content.
    static let pictureEndings: Set<String> = [
        "jpg", "jpeg", "jpe", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic",
    ]
    /// Endings of files, so that a listing need not ask the system whether they are folders.
    private static let fileEndings = pictureEndings.union(["txt", "json", "jsonl", "csv", "tsv", "tar", "gz"])

    /// The part behind the last dot of the name, in lower case; empty where there is none.
    package static func ending(_ path: String) -> String {
        let start = nameStart(path)
        guard let dot = path.utf8[start...].lastIndex(of: UInt8(ascii: ".")), dot > start else { return "" }
        return String(path[path.utf8.index(after: dot)...]).lowercased()
    }

    /// The path without the last dot and what follows it.
    static func stem(_ path: String) -> String {
        let ending = ending(path)
        return ending.isEmpty ? path : String(path.dropLast(ending.count + 1))
    }

    /// The part behind the last slash.
    static func last(_ path: String) -> String { String(path[nameStart(path)...]) }

    /// The folder that holds `path`; `.` for a bare name.
    static func folder(_ path: String) -> String {
        let start = nameStart(path)
        guard start > path.startIndex else { return "." }
        let slash = path.utf8.index(before: start)
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func nameStart(_ path: String) -> String.Index {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        return slash.map { path.utf8.index(after: $0) } ?? path.startIndex
    }

    /// `path` as seen from `folder`; an absolute path stays as it is.
    static func join(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") || folder == "." || folder.isEmpty { return path }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    package static func isPicture(_ path: String) -> Bool { pictureEndings.contains(ending(path)) }

    static func isFile(_ path: String) -> Bool { FileKind(path) == .file }

    package static func isFolder(_ path: String) -> Bool { FileKind(path) == .folder }

    /// The names inside a folder, sorted by their bytes; none where it cannot be read.
    static func inside(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// All files below `root`, as paths relative to it, sorted folder by folder. Links are followed, circles are not.
    package static func below(_ root: String) -> [String] {
        var files: [String] = []
        var visited: Set<String> = []
        func visit(_ folder: String) {
            let path = join(root, folder)
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            guard visited.insert(real).inserted else { return }
            for name in inside(path) {
                let inner = folder.isEmpty ? name : "\(folder)/\(name)"
                if !fileEndings.contains(ending(name)) && isFolder(join(root, inner)) {
                    visit(inner)
                } else {
                    files.append(inner)
                }
            }
        }
        visit("")
        return files
    }
}

/// Tells whether files exist, at the price of one listing a folder.
struct FolderListings {
    private var names: [String: Set<String>] = [:]

    mutating func contains(_ path: String) -> Bool {
        let folder = FileNames.folder(path)
        let listing =
            names[folder] ?? Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        names[folder] = listing
        return listing.contains(FileNames.last(path))
    }
}
