import Failures
import Storage

/// `train.txt` and `validation.txt` beside the data: one picture's path a line, as the captions have it.
enum FixedLists {
    /// Whether a file beside the pictures is a list.
    static func isList(_ name: String) -> Bool { ["train.txt", "validation.txt", "val.txt"].contains(name) }

    /// The partition that the lists in `folder` make of `names`; nil if there is no list.
    ///
    /// Without `train.txt`, all that is not for validation is for training; without `validation.txt` there is no
    /// partition, only fewer samples. A name in both lists is for validation.
    static func partition(in folder: String, of names: [String]) throws(Failure) -> Partition? {
        let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        let training = try indices("train.txt", folder, places)
        let held = try indices(
            ["validation.txt", "val.txt"].first { has($0, folder) } ?? "validation.txt", folder, places)
        guard let held else {
            guard let training else { return nil }
            return Partition(training: training, validation: [], source: "train.txt")
        }
        let isHeld = Set(held)
        let rest = training ?? Array(names.indices)
        return Partition(
            training: rest.filter { !isHeld.contains($0) }, validation: held,
            source: training == nil ? "validation.txt" : "train.txt and validation.txt")
    }

    /// Whether there is a list, and not the caption of a picture that happens to have its name.
    private static func has(_ list: String, _ folder: String) -> Bool {
        let path = FileNames.join(folder, list)
        guard FileNames.isFile(path) else { return false }
        return !FileNames.pictureEndings.contains { FileNames.isFile("\(FileNames.stem(path)).\($0)") }
    }

    /// The samples that a list names, in the order of the data; nil without the list.
    private static func indices(
        _ list: String, _ folder: String, _ places: [String: Int]
    ) throws(Failure) -> [Int]? {
        guard has(list, folder) else { return nil }
        let path = FileNames.join(folder, list)
        let lines = String(decoding: try MappedFile(path).copy(), as: UTF8.self).captionLines
        let found = Set(lines.compactMap { places[$0.hasPrefix("./") ? String($0.dropFirst(2)) : $0] })
        guard !found.isEmpty else {
            throw Failure(
                .badData, "cannot use list", at: path,
                because: "none of its \(lines.count) lines is a picture with a caption",
                try: "write the paths as the captions have them, or move the list away")
        }
        return found.sorted()
    }
}
