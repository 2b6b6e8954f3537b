import Datasets
import Failures

/// What is said of pictures beside them: captions from tables, side-car files and metadata, by absolute path.
struct KnownCaptions: Sendable {
    private var captions: [String: [String]] = [:]

    /// Looks for captions in `folders`; a folder without any, or with a broken table, has none.
    init(in folders: [String]) {
        var settings = DatasetSettings()
        settings.validationShare = 0
        for folder in folders {
            let root = PictureFiles.absolute(folder)
            // Names of folders are no captions here: a search shows what was said, not what was made up.
            guard let dataset = try? Dataset.open(root, settings), type(of: dataset.reader).name != "class folders"
            else { continue }
            for index in 0..<dataset.count {
                guard let sample = try? dataset.sample(at: index), case .file(let path) = sample.picture else {
                    continue
                }
                captions[PictureFiles.absolute(path), default: []] += sample.captions
            }
        }
    }

    /// The first caption of every picture, in the order of paths.
    var all: [String] { captions.sorted { $0.key < $1.key }.compactMap(\.value.first) }

    subscript(path: String) -> [String] { captions[path] ?? [] }
}
