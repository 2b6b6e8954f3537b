public import Failures
import Foundation
import Storage

/// Some of the captions that a model learned from, kept beside its weights: one a line in `caption-stock.txt`.
///
/// An index of pictures without captions asks them, so that it knows how words ask. Anybody may write such a file for a model
/// that came without one.
public enum CaptionStock {
    /// The file's name in a model's folder.
    public static let fileName = "caption-stock.txt"
    /// Captions that are kept at most: as many as an index learns from.
    public static let most = 3_500
    /// Fewer captions teach an index nothing.
    public static let fewest = 100

    /// Captions that differ, evenly taken from all, in their order; line breaks in them become blanks.
    public static func sample(of captions: [String]) -> [String] {
        var seen: Set<String> = []
        let lines = captions.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") }
        let distinct = lines.filter { !$0.isEmpty && seen.insert($0).inserted }
        let count = min(distinct.count, most)
        return (0..<count).map { distinct[$0 * distinct.count / count] }
    }

    /// Writes the stock of a model that learned from `captions` into its folder.
    ///
    /// - Throws: `.cannotWrite`.
    public static func write(_ captions: [String], to folder: String) throws(Failure) {
        try AtomicFile.write(sample(of: captions).map { $0 + "\n" }.joined(), to: "\(folder)/\(fileName)")
    }

    /// Copies the stock of a model, where there is one, into another folder of it that has none yet.
    ///
    /// - Throws: `.cannotWrite`, `.readWrite`.
    public static func copy(from folder: String, to other: String) throws(Failure) {
        let source = "\(folder)/\(fileName)", target = "\(other)/\(fileName)", manager = FileManager.default
        guard manager.fileExists(atPath: source), !manager.fileExists(atPath: target) else { return }
        try AtomicFile.write(try MappedFile(source).copy(), to: target)
    }

    /// The captions in a model's folder; none where it has no stock.
    ///
    /// - Throws: `.readWrite` where it cannot be read.
    public static func read(from folder: String) throws(Failure) -> [String] {
        let path = "\(folder)/\(fileName)"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return sample(
            of: String(decoding: try MappedFile(path).copy(), as: UTF8.self).split(whereSeparator: \.isNewline)
                .map(String.init))
    }
}
