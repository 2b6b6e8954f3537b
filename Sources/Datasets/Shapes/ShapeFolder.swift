public import Failures
import Foundation
import Images
import Storage

/// Writes a folder of scenes: `images/`, `captions.tsv`, `train.txt`, `validation.txt`.
public struct ShapeFolder: Sendable {
    /// Scenes to learn from.
    public var count = 10_000
    /// Scenes for validation; none of their captions occurs in training.
    public var validation = 1_000
    /// The seed of all scenes.
    public var seed: UInt64 = 1
    /// Height and width of a picture.
    public var side = 64

    /// 10,000 scenes to learn from and 1,000 for validation.
    public init() {}

    /// Writes the folder.
    ///
    /// - Throws: `.cannotWrite`; `.badSettings` if there are fewer captions than scenes for validation.
    public func write(to folder: String, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }) throws(Failure) {
        guard validation >= 0, count > 0, validation < ShapeScene.captionCount, side >= 16 else {
            throw Failure(
                .badSettings, "cannot make scenes", at: folder,
                because: "\(count) for training, \(validation) for validation, \(side) pixels",
                try: "ask for at least 1, less than \(ShapeScene.captionCount), and 16 pixels")
        }
        try AtomicFile.makeFolder("\(folder)/images")
        var table = "filepath\ttitle\n", lists = (training: "", validation: "")
        for number in 0..<count + validation {
            let scene = scene(number), digits = String(number)
            let name = "images/\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).png"
            try Self.write(try scene.picture(side: side).pngBytes(), to: "\(folder)/\(name)")
            table += "\(name)\t\(scene.caption)\n"
            if number < validation { lists.validation += "\(name)\n" } else { lists.training += "\(name)\n" }
            progress(number + 1, count + validation)
        }
        try AtomicFile.write(lists.validation, to: "\(folder)/validation.txt")
        try AtomicFile.write(lists.training, to: "\(folder)/train.txt")
        try AtomicFile.write(table, to: "\(folder)/captions.tsv")
    }

    /// Writes a picture without waiting for the disk; the table, written last, tells that all pictures are there.
    private static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        } catch {
            throw Failure(
                .cannotWrite, "cannot write", at: path, because: error.localizedDescription,
                try: "check the folder's permissions and the space on its disk")
        }
    }

    /// The scene with the given number: those for validation come first, and training never uses their captions.
    func scene(_ number: Int) -> ShapeScene {
        guard number >= validation else { return ShapeScene(seed: seed, index: number) }
        let others = ShapeScene.captionCount - validation
        let (round, place) = (number - validation).quotientAndRemainder(dividingBy: others)
        return ShapeScene(seed: seed, index: round * ShapeScene.captionCount + validation + place)
    }
}
