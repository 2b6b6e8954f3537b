import Datasets
import Failures
import Foundation
package import Tokenizers

/// Which pairs a run learns from and which it is evaluated on.
package struct DataSettings: Codable, Sendable, Equatable {
    /// Absolute path of the folder or file with pictures and captions.
    package var path: String
    /// Absolute path of data that is only evaluated on, in place of a part of `path`.
    package var validationPath: String?
    /// Absolute path of pictures without captions, which objectives on pictures alone learn from beside the pairs.
    package var picturesPath: String?
    /// Absolute paths of tables of texts that the text tower is evaluated on beside that.
    package var validationTexts: [String]?
    /// Share of the pairs kept for evaluation where the data has no validation part of its own.
    package var validationSplit: Double
    /// How to read a table of captions; guessed where nil.
    package var csvSeparator, csvImageKey, csvCaptionKey: String?
    /// What texts consist of where they are no language.
    package var symbols: Symbols?

    /// What `options` say of the data.
    init(_ options: TrainingOptions) {
        path = Self.absolute(options.data ?? "")
        let given = options.validationData.map(Self.absolute)
        let texts = given.filter { path in
            if ScoredPairs.recognizes(path) { return true }
            return options.material != .texts && Corpus.isPairTable(path)
        }
        validationTexts = texts.isEmpty ? nil : texts
        validationPath = given.first { !texts.contains($0) }
        picturesPath = options.pictures.map(Self.absolute)
        validationSplit = options.validationSplit ?? 0.1
        csvSeparator = options.csvSeparator
        csvImageKey = options.csvImageKey
        csvCaptionKey = options.csvCaptionKey
        symbols = options.symbols
    }

    /// Whether everything that is evaluated on can be.
    ///
    /// - Throws: `.badSettings` that names the path.
    func checkValidation(_ options: TrainingOptions) throws(Failure) {
        let known = Set([validationPath].compactMap { $0 } + (validationTexts ?? []))
        if let extra = options.validationData.first(where: { !known.contains(Self.absolute($0)) }) {
            throw Failure(
                .badSettings, "cannot use option", at: "--val-data",
                because: "\(extra) is a second set of \(options.material.items)",
                try: "give one, and tables of two texts, or two and a score, beside it")
        }
        guard let path = validationTexts?.first else { return }
        let why: String? =
            switch options.material {
            case .pictures: "the run has no text tower"
            case .pairs, .texts: options.locksTextTower ? "the text tower is locked" : nil
            }
        guard let why else { return }
        throw Failure(
            .badSettings, "cannot use option", at: "--val-data", because: "\(path) holds texts, and \(why)",
            try: "leave it out")
    }

    static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// The pictures to learn from, with captions unless they are to be taken `alone`.
    func open(alone: Bool, workers: Int) throws(Failure) -> Dataset {
        let share = validationPath == nil ? validationSplit : 0
        return try Dataset.open(path, reading(share: share, alone: alone, workers: workers))
    }

    /// The pictures to evaluate on, with their places in their data set; none where nothing is kept apart.
    func openValidation(beside dataset: Dataset, alone: Bool, workers: Int) throws(Failure) -> (Dataset, [Int]) {
        guard let validationPath else { return (dataset, dataset.validation) }
        let validation = try Dataset.open(validationPath, reading(share: 0, alone: alone, workers: workers))
        return (validation, validation.validation.isEmpty ? validation.training : validation.validation)
    }

    /// The pictures without captions beside the pairs; nil where there are none.
    ///
    /// - Throws: `.missingInput` or `.badData`, also where there is one picture alone.
    func openPictures(workers: Int) throws(Failure) -> Dataset? {
        guard let picturesPath else { return nil }
        let pictures = try Dataset.open(picturesPath, reading(share: 0, alone: true, workers: workers))
        guard pictures.training.count >= 2 else {
            throw Failure(
                .badData, "cannot learn from pictures", at: picturesPath,
                because: "found 1 usable picture, expected at least 2", try: "add pictures")
        }
        return pictures
    }

    func reading(share: Double, alone: Bool, workers: Int) -> DatasetSettings {
        var settings = DatasetSettings()
        settings.reader.csvSeparator = csvSeparator
        settings.reader.csvImageKey = csvImageKey
        settings.reader.csvCaptionKey = csvCaptionKey
        settings.reader.allowsBarePictures = alone
        settings.validationShare = Float(share)
        settings.workers = workers
        return settings
    }
}
