import Datasets
import Failures
import Storage

/// What a run learns from, opened: pictures, with captions or without, or texts.
enum RunData {
    case pictures(Dataset)
    case texts(Corpus)

    /// The pictures; nil of texts.
    var dataset: Dataset? { if case .pictures(let dataset) = self { dataset } else { nil } }

    /// Pictures to learn from, or documents.
    var training: [Int] {
        switch self {
        case .pictures(let dataset): dataset.training
        case .texts(let corpus): corpus.training
        }
    }

    /// What was left out, and why.
    var skipped: [Skipped] {
        switch self {
        case .pictures(let dataset): dataset.skipped
        case .texts(let corpus): corpus.skipped
        }
    }

    /// What was understood, line by line, for the user.
    var understood: [String] {
        switch self {
        case .pictures(let dataset): dataset.understood
        case .texts(let corpus): corpus.understood
        }
    }

    /// Tells the data from other data.
    var fingerprint: Fingerprint {
        switch self {
        case .pictures(let dataset): dataset.fingerprint
        case .texts(let corpus): corpus.fingerprint
        }
    }

    /// What a tokenizer learns from: captions, or whole texts.
    func texts() throws(Failure) -> [String] {
        switch self {
        case .pictures(let dataset): try dataset.captions(of: dataset.training)
        case .texts(let corpus): Array(corpus.texts(of: corpus.training))
        }
    }
}

extension DataSettings {
    /// Opens what `material` says.
    ///
    /// - Throws: `.missingInput` or `.badData`, also where texts are asked for and there are pictures without captions.
    func open(_ material: Material, workers: Int) throws(Failure) -> RunData {
        guard material == .texts else {
            return .pictures(try open(alone: material == .pictures, workers: workers))
        }
        return .texts(try openTexts(path, share: validationPath == nil ? validationSplit : 0, workers: workers))
    }

    /// Texts, or the captions of pictures.
    private func openTexts(_ path: String, share: Double, workers: Int) throws(Failure) -> Corpus {
        guard Corpus.holdsCaptions(path) else { return try Corpus.open(path, corpusSettings(share: share)) }
        let pictures = try Dataset.open(path, reading(share: share, alone: false, workers: workers))
        return try Corpus(captionsOf: pictures, corpusSettings(share: share))
    }

    /// The texts to evaluate on, with their places in their corpus; none where nothing is kept apart.
    func openValidation(beside corpus: Corpus, workers: Int) throws(Failure) -> (Corpus, [Int]) {
        guard let validationPath else { return (corpus, corpus.validation) }
        let validation = try openTexts(validationPath, share: 0, workers: workers)
        return (validation, validation.validation.isEmpty ? validation.training : validation.validation)
    }

    private func corpusSettings(share: Double) -> CorpusSettings {
        var settings = CorpusSettings()
        settings.validationShare = Float(share)
        settings.symbols = symbols
        return settings
    }
}
