import Datasets
import Failures

/// What a teacher made of a run's pictures.
struct Teaching {
    let vectors: TeacherVectors
    /// The samples to learn from: those that it knows.
    let training: [Int]
    /// The others.
    let skipped: [Skipped]

    /// Opens the vectors; nil where the run has no teacher, or no pictures.
    ///
    /// - Throws: `.missingInput`, or `.badData` where the files are damaged, or of other pictures.
    init?(_ settings: TrainingSettings, _ data: RunData) throws(Failure) {
        guard let path = settings.teacher, let dataset = data.dataset else { return nil }
        vectors = try TeacherVectors(path)
        (training, skipped) = try vectors.known(dataset.training, of: dataset)
    }
}
