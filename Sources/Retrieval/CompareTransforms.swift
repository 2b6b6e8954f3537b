import Evaluation
public import Failures
import Foundation
import Storage
import Tensors
public import VectorIndex

/// Which transforms of which vectors are compared, and what is written.
public struct TransformSettings: Sendable {
    /// A file of NumPy, or an index.
    public var vectors: String
    /// What transforms are fitted on; nil for the vectors themselves.
    public var fitOn: String?
    /// Queries, and a file that says which rows answer them; without it row i answers query i.
    public var queries, truth: String?
    /// The transforms; empty for the usual ones.
    public var transforms: [TransformChoice] = []
    /// A transform that was fitted and written before, in place of all others.
    public var fitted: String?
    /// Where the vectors go, as a file of NumPy, with the transform beside it; needs exactly one transform.
    public var output: String?
    /// Whether vectors that are written have length one.
    public var normalizesOutput = true
    /// Decides the luck of transforms that draw by lot.
    public var seed: UInt64 = 0

    /// The usual transforms of the vectors at a path.
    public init(vectors: String) { self.vectors = vectors }
}

/// Fits transforms, applies them to vectors and queries, and measures what becomes of them, one after the other.
///
/// All vectors are measured after they were divided by their lengths, as an index compares them. Transforms that nobody
/// named and that cannot be had of these vectors are skipped.
///
/// - Throws: `.missingInput`, `.badData`, `.badSettings` where files do not fit each other or a transform that was named
///   cannot be had, `.cannotWrite`.
public func compareTransforms(
    _ settings: TransformSettings, tell: (TransformEvent) throws(Failure) -> Void = { _ in }
) throws(Failure) {
    let vectors = try VectorSource(settings.vectors)
    let comparison = try TransformComparison(vectors, queries: settings.queries, truth: settings.truth)
    try tell(
        .read(vectors: vectors.count, dimensions: vectors.width, queries: comparison.queries?.count ?? 0))
    if let path = settings.fitted {
        let transform = try FittedTransform(path)
        guard transform.inputDim == vectors.width else {
            throw Failure(
                .badSettings, "cannot apply transform", at: path,
                because: "it takes \(transform.inputDim) dimensions, \(vectors.path) has \(vectors.width)",
                try: "give vectors of the model that it was fitted on")
        }
        let name =
            transform.outputDim < transform.inputDim ? "\(transform.name):\(transform.outputDim)" : transform.name
        try tell(.compared(comparison.report(transform, named: name, bound: nil, fitSeconds: 0)))
        return try write(vectors, by: transform, settings)
    }
    let fitOn = if let path = settings.fitOn { try VectorSource(path) } else { vectors }
    try fitOn.check(against: vectors)
    var rows = try FittingRows(fitOn.rows, embedDim: fitOn.width, named: fitOn.path)
    let choices = settings.transforms.isEmpty ? TransformChoice.usual(embedDim: vectors.width) : settings.transforms
    for choice in choices {
        do throws(Failure) {
            let start = ContinuousClock.now
            let transform = try choice.transform(embedDim: vectors.width, seed: settings.seed).fit(on: &rows)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let bound = choice.type.distortionBound(
                vectors: vectors.count + (comparison.queries?.count ?? 0), outputDim: transform.outputDim)
            let report = comparison.report(transform, named: "\(choice)", bound: bound, fitSeconds: seconds)
            try tell(.compared(report))
            try write(vectors, by: transform, settings)
        } catch {
            guard settings.transforms.isEmpty, error.kind == .badSettings else { throw error }
            try tell(.skipped(transform: "\(choice)", reason: error.why))
        }
    }
}

/// Writes what a transform makes of the vectors, and the transform beside it.
private func write(
    _ vectors: VectorSource, by transform: FittedTransform, _ settings: TransformSettings
) throws(Failure) {
    guard let path = settings.output else { return }
    let stem = (path as NSString).deletingPathExtension
    let rows = transform.apply(to: vectors.rows.span, normalized: settings.normalizesOutput)
    try AtomicFile.write(to: path) { (file) throws(Failure) in
        try file.appendNumPyHeader(rows: vectors.count, width: transform.outputDim)
        try file.append(rows.span)
    }
    try transform.write(to: stem + ".transform")
    if let names = vectors.names { try AtomicFile.write(names.map { $0 + "\n" }.joined(), to: stem + ".txt") }
}
