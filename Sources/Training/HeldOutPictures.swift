import Augmentations
import Datasets
import Evaluation
import Failures
import Towers

/// Pictures that nobody trains on, and what can be told of them without captions.
///
/// Where they have classes, the nearest of the pictures that were learnt from name them; where not, one augmented view of
/// a picture must find another of the same among all.
struct HeldOutPictures: HeldOut {
    let dataset: Dataset
    let indices: [Int]
    /// Pictures that were learnt from, and their data: neighbours to be asked.
    let known: (dataset: Dataset, indices: [Int])
    /// What a picture goes through to be embedded, and to become a view.
    let recipe, viewRecipe: [any Augmentation]
    let workers: Int
    /// The classes of both as numbers, by the pictures' places in their data; nil where one has none, or all are alike.
    private let classes: (asked: [Int: Int], known: [Int: Int])?
    private let chunk = 64

    /// Most pictures that are embedded, and most neighbours: enough for an interval of two points.
    static let mostQueries = 2_000, mostNeighbors = 10_000

    init(
        _ dataset: Dataset, _ indices: [Int], known: Dataset, recipe: [any Augmentation],
        viewRecipe: [any Augmentation],
        seed: UInt64, workers: Int
    ) throws(Failure) {
        let asked = indices.drawn(Self.mostQueries, seed: seed, item: 1)
        let neighbors = known.training.drawn(Self.mostNeighbors, seed: seed, item: 2)
        (self.dataset, self.indices, self.known) = (dataset, asked, (known, neighbors))
        classes = try Self.classes(asked, of: dataset, neighbors, of: known)
        (self.recipe, self.viewRecipe, self.workers) = (recipe, viewRecipe, workers)
    }

    var count: Int { 3 * indices.count + (classes == nil ? 0 : known.indices.count) }

    func evaluate(_ trainer: inout Trainer) throws(Failure) -> HeldOutOutcome {
        var findings = Findings(), skipped: [Skipped] = []
        let width = trainer.model.embedDim(.image), queries = embed(indices, of: dataset, recipe, &trainer, &skipped)
        let first = embed(indices, of: dataset, viewRecipe, view: 1, &trainer, &skipped).rows
        let second = embed(indices, of: dataset, viewRecipe, view: 2, &trainer, &skipped).rows
        var space = EmbeddingSpace()
        space.pictures = EmbeddingSpace.Side(queries.rows.span, embedDim: width)
        space.alignment = Alignment(first.span, second.span, embedDim: width)
        findings.space = space
        if let classes {
            let neighbors = embed(self.known.indices, of: self.known.dataset, recipe, &trainer, &skipped)
            findings.addClasses(
                of: LabelledRows(
                    queries.rows, labels: queries.indices.compactMap { classes.asked[$0] }, embedDim: width),
                among: LabelledRows(
                    neighbors.rows, labels: neighbors.indices.compactMap { classes.known[$0] }, embedDim: width),
                trainer.settings.matryoshka)
        } else {
            findings.addViews(first, second, width: width, trainer.settings.matryoshka)
        }
        return HeldOutOutcome(findings: findings, skipped: skipped)
    }

    /// Embeddings of those pictures that can be read.
    private func embed(
        _ indices: [Int], of dataset: Dataset, _ recipe: [any Augmentation], view: Int = 0, _ trainer: inout Trainer,
        _ skipped: inout [Skipped]
    ) -> (indices: [Int], rows: [Float]) {
        var rows: [Float] = [], broken: Set<Int> = []
        var loader = PictureLoader(
            dataset, indices: indices, recipe: recipe, side: trainer.plan.imageSize, view: view, chunk: chunk,
            workers: workers)
        while let next = loader.next() {
            skipped += next.skipped
            broken.formUnion(next.skippedIndices)
            if next.count > 0 { rows += trainer.embed(pictures: next.pictures, count: next.count) }
        }
        return (indices.filter { !broken.contains($0) }, rows)
    }

    private static func classes(
        _ asked: [Int], of dataset: Dataset, _ neighbors: [Int], of known: Dataset
    ) throws(Failure) -> (asked: [Int: Int], known: [Int: Int])? {
        var numbers = ClassNumbers()
        guard let known = try labels(neighbors, of: known, &numbers), numbers.count > 1,
            let asked = try labels(asked, of: dataset, &numbers)
        else { return nil }
        return (asked, known)
    }

    private static func labels(
        _ indices: [Int], of dataset: Dataset, _ classes: inout ClassNumbers
    ) throws(Failure) -> [Int: Int]? {
        var labels: [Int: Int] = [:]
        for index in indices {
            guard let name = try dataset.sample(at: index).label else { return nil }
            labels[index] = classes.number(of: name)
        }
        return labels
    }
}
