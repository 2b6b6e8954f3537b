public import Failures
public import Kernels

/// The embeddings that transforms are fitted on, and what several transforms ask of them: computed once, when first
/// asked for.
public struct FittingRows: Sendable {
    /// `[count, embedDim]`.
    public let rows: [Float]
    /// Length of an embedding.
    public let embedDim: Int
    private var knownMean: [Double]?
    private var knownAxes: SymmetricEigendecomposition?

    /// Rows to fit on, `[count, embedDim]`.
    ///
    /// - Throws: `.badData` where there is none, or a number is not finite; `name` is what they are called then.
    public init(_ rows: [Float], embedDim: Int, named name: String) throws(Failure) {
        precondition(embedDim > 0 && rows.count % embedDim == 0, "\(rows.count) floats are no rows of \(embedDim)")
        guard !rows.isEmpty else {
            throw Failure(
                .badData, "cannot fit transform", at: name, because: "there are no vectors", try: "give at least one")
        }
        if let place = rows.firstIndex(where: { !$0.isFinite }) {
            throw Failure(
                .badData, "cannot use vectors", at: name,
                because: "row \(place / embedDim) holds \(rows[place]), counted from 0",
                try: "leave out rows whose numbers are not finite")
        }
        (self.rows, self.embedDim) = (rows, embedDim)
    }

    /// The number of rows.
    public var count: Int { rows.count / embedDim }

    /// The mean row, `[embedDim]`.
    public mutating func mean() -> [Double] {
        let mean = knownMean ?? columnMeans(rows.span, width: embedDim)
        knownMean = mean
        return mean
    }

    /// The eigenvalues and eigenvectors of the rows' covariance around their mean, `1/n · Σ (x − μ)·(x − μ)ᵀ`.
    public mutating func axes() -> SymmetricEigendecomposition {
        if let knownAxes { return knownAxes }
        let centre = mean(), spread = covariance(of: rows.span, width: embedDim, around: centre)
        let axes = SymmetricEigendecomposition(spread, order: embedDim)
        knownAxes = axes
        return axes
    }

    /// In how many dimensions the rows vary at all; along the others there is nothing but rounding.
    public mutating func variedDimensions() -> Int {
        let values = axes().values
        return values.count { $0 > 0 && $0 > 1e-12 * values[0] }
    }
}
