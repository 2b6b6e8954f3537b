public import Failures
import Images
public import Storage

/// How a data set is opened.
public struct DatasetSettings: Sendable, Equatable {
    /// How to read, where looking is not enough.
    public var reader = ReaderSettings()
    /// Share of the pictures that is kept for validation where the data has no list of its own; 0 keeps none.
    public var validationShare: Float = 0.1
    /// Most pictures that are kept for validation where the data has no list of its own.
    public var validationLimit = 1_000
    /// Threads that decode pictures to find duplicates.
    public var workers = 1

    /// Everything guessed, a tenth for validation.
    public init() {}
}

/// Pictures with captions, and which of them are for training and for validation. Holds an index, no pixels.
public struct Dataset: Sendable {
    /// The path as the user wrote it.
    public let path: String
    /// What read it.
    public let reader: any DatasetReader
    /// Indices of the samples to learn from, ascending.
    public let training: [Int]
    /// Indices of the samples that are never learnt from, ascending.
    public let validation: [Int]
    /// What was left out, and why.
    public let skipped: [Skipped]
    /// What was understood, line by line, for the user.
    public let understood: [String]
    /// Tells the data from other data: of all names, captions and both lists.
    public let fingerprint: Fingerprint

    /// The number of samples.
    public var count: Int { reader.count }

    /// Whether there are pictures in the folder at `path`, or below it.
    public static func holdsPictures(_ path: String) -> Bool { PictureFolder.recognizes(path) }

    /// One sample.
    public func sample(at index: Int) throws(Failure) -> Sample { try reader.sample(at: index) }

    /// The captions of some samples, one behind the other; to train a tokenizer on.
    public func captions(of indices: [Int]) throws(Failure) -> [String] {
        var captions: [String] = []
        for index in indices { captions += try sample(at: index).captions }
        return captions
    }

    /// Looks at the data, finds its reader, and tells training from validation.
    ///
    /// - Parameter progress: told how many pictures of how many were looked at, where duplicates have to be found.
    /// - Throws: `.missingInput` where nothing is at `path`; `.badData` where no reader takes it or no pair is usable.
    public static func open(
        _ path: String, _ settings: DatasetSettings = DatasetSettings(),
        progress: (@Sendable (_ done: Int, _ all: Int) -> Void)? = nil
    ) throws(Failure) -> Dataset {
        let reader = try reader(for: path, settings.reader)
        guard reader.count > 0 else { throw Self.unusable(path, reader.skipped) }
        var survey = try Survey(of: reader)
        var partition = try partition(of: reader, at: path, names: survey.names)
        var skipped = reader.skipped, drawn: String?
        if partition.validation.isEmpty && settings.validationShare > 0 {
            let outcome = ValidationSplit.choose(
                partition.training, from: reader, share: settings.validationShare, limit: settings.validationLimit,
                workers: settings.workers, progress: progress)
            skipped += outcome.skipped
            partition = outcome.partition
            let alike = partition.training.count + partition.validation.count - outcome.groupCount
            drawn = "validation drawn; \(grouped(alike)) look like another picture and stay on its side"
        }
        guard !partition.training.isEmpty else { throw Self.unusable(path, skipped) }
        survey.append(partition)
        return Dataset(
            path: path, reader: reader, training: partition.training, validation: partition.validation,
            skipped: skipped,
            understood: survey.lines(reader, partition, split: drawn ?? partition.source, skipped: skipped),
            fingerprint: survey.fingerprint)
    }

    private static func reader(for path: String, _ settings: ReaderSettings) throws(Failure) -> any DatasetReader {
        guard FileKind(path) != .missing else {
            throw Failure(
                .missingInput, "cannot open data", at: path, because: "no such file or folder", try: "check the path")
        }
        for type in settings.readers where type.recognizes(path) { return try type.init(path, settings) }
        throw Failure(
            .badData, "cannot open data", at: path,
            because: settings.allowsBarePictures ? "no pictures found" : "no pictures with captions found",
            try: "give one of: " + settings.readers.map { $0.looksLike }.joined(separator: "; "))
    }

    /// The lists beside the data, else what the data itself says, else all for training.
    private static func partition(
        of reader: any DatasetReader, at path: String, names: [String]
    ) throws(Failure) -> Partition {
        let folder = FileKind(path) == .folder ? path : FileNames.folder(path)
        return try FixedLists.partition(in: folder, of: names) ?? reader.partition
            ?? Partition(training: Array(0..<reader.count), validation: [], source: "no validation")
    }

    private static func unusable(_ path: String, _ skipped: [Skipped]) -> Failure {
        Failure(
            .badData, "cannot use data", at: path,
            because: skipped.isEmpty ? "no pair of picture and caption" : "no usable pair: \(refusals(skipped))",
            try: "check the pictures' paths and the captions")
    }

    /// `12 × no such picture (first: captions.tsv:8 images/7.png), 2 × empty caption (…)`.
    static func refusals(_ skipped: [Skipped]) -> String {
        var counts: [String: (count: Int, first: String)] = [:]
        for one in skipped { counts[one.reason, default: (0, one.name)].count += 1 }
        let reasons = counts.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
        let shown = reasons.prefix(5).map { "\(grouped($0.value.count)) × \($0.key) (first: \($0.value.first))" }
        return shown.joined(separator: ", ") + (reasons.count > 5 ? ", …" : "")
    }
}

/// A count with commas: `10,812`.
func grouped(_ count: Int) -> String {
    var digits = String(count), end = digits.endIndex
    while digits.distance(from: digits.startIndex, to: end) > 3 {
        end = digits.index(end, offsetBy: -3)
        digits.insert(",", at: end)
    }
    return digits
}
