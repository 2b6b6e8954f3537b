import Datasets
import Failures
import Storage

/// What came of reading one file.
enum ReadPicture: Sendable {
    /// A new content, ready for the model.
    case prepared(PreparedPicture)
    /// A content that the index has an embedding of.
    case known(fingerprint: String)
    /// No picture, and why.
    case skipped(Skipped)
}

/// Reads and decodes files on worker threads, ahead of the model, and hands them out in order, a batch at a time.
struct PictureReader: ~Copyable {
    private let workers: OrderedWorkers<[ReadPicture]>

    init(_ files: [FoundFile], _ preparation: PicturePreparation, known fingerprints: Set<String>, workers: Int) {
        let size = Encoder.batchSize, batches = (files.count + size - 1) / size
        self.workers = OrderedWorkers(count: batches, workers: workers, ahead: 1 + workers) { number in
            files[number * size..<min((number + 1) * size, files.count)].map {
                Self.read($0, preparation, fingerprints)
            }
        }
    }

    /// The next batch, in the order of the files; nil at the end.
    func next() -> [ReadPicture]? { workers.next() }

    private static func read(
        _ file: FoundFile, _ preparation: PicturePreparation, _ fingerprints: Set<String>
    ) -> ReadPicture {
        do throws(Failure) {
            return try MappedFile(file.path).read { (bytes) throws(Failure) in
                let fingerprint = Fingerprint(bytes).description
                if fingerprints.contains(fingerprint) { return .known(fingerprint: fingerprint) }
                return .prepared(try preparation.prepare(bytes, named: file.path))
            }
        } catch {
            return .skipped(Skipped(name: file.path, reason: error.why))
        }
    }
}
