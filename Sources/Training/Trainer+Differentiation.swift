import Augmentations
import Autodiff
import Datasets
import Evaluation
import Objectives
import Tensors
import Towers

/// What the embeddings of a batch are worth.
package struct BatchFigures: Sendable {
    package var loss, chanceLoss: Float
    /// What a teacher adds to the loss.
    package var teacherLoss: Float?
    package var pictureCosine, captionCosine: Float
}

/// From a batch to the gradients of all parameters.
extension Trainer {
    /// Embeds a batch, compares, and makes the gradients of all parameters on the tape.
    ///
    /// With `--micro-batch`, so many pairs at once as it says: all are embedded first, part by part; the loss of all
    /// embeddings gives their gradients; then each part is embedded once more, with the same luck, and goes on from its
    /// own. That is the gradient of the whole batch, in the memory of a part — Gao et al. 2021 (GradCache), section 3.
    mutating func differentiate(_ batch: Batch, step: Int, progress: Double) -> BatchFigures {
        let layout = settings.resolutionSchedule?.side(at: progress).map {
            PatchLayout(side: $0, patchSize: plan.patchSize)
        }
        let places = settings.patchDropout?.places(
            of: (layout ?? plan.layout).patches, count: batch.count, seed: settings.seed, step: step,
            progress: progress)
        let size = settings.microBatch ?? batch.count
        guard size < batch.count else {
            tape.begin(recording: true, step: step)
            let (pictures, captions) = embed(0..<batch.count, of: batch, layout, places)
            return differentiateLoss(of: pictures, captions, batch)
        }
        let parts = stride(from: 0, to: batch.count, by: size).map { $0..<min($0 + size, batch.count) }
        var pictureRows: [Float] = [], captionRows: [Float] = []
        for part in parts {
            tape.begin(recording: true, step: step, firstItem: part.lowerBound)
            let (pictures, captions) = embed(part, of: batch, layout, places)
            pictureRows += floats(of: pictures)
            captionRows += floats(of: captions)
        }
        tape.begin(recording: true, step: step)
        let allPictures = rows(pictureRows), allCaptions = rows(captionRows)
        let figures = differentiateLoss(of: allPictures, allCaptions, batch)
        let pictureGradients = gradients(of: allPictures), captionGradients = gradients(of: allCaptions)
        for part in parts {
            tape.begin(recording: true, step: step, firstItem: part.lowerBound)
            let (pictures, captions) = embed(part, of: batch, layout, places)
            let own = part.lowerBound * plan.embedDim..<part.upperBound * plan.embedDim
            let ofPictures = tape.innerProduct(pictures, rows(Array(pictureGradients[own])))
            let ofCaptions = tape.innerProduct(captions, rows(Array(captionGradients[own])))
            tape.backward(from: tape.weightedSum([(ofPictures, 1), (ofCaptions, 1)]), accumulating: true)
        }
        return figures
    }

    /// The embeddings of some pairs of a batch, `[part.count, embedDim]` each.
    private mutating func embed(
        _ part: Range<Int>, of batch: Batch, _ layout: PatchLayout?, _ places: [Int]?
    ) -> (pictures: Tensor, captions: Tensor) {
        func own<T>(_ all: [T]) -> [T] {
            guard part.count < batch.count else { return all }
            let width = all.count / batch.count
            return Array(all[part.lowerBound * width..<part.upperBound * width])
        }
        func seen() -> [UInt8] {
            let whole = own(batch.pictures)
            return layout.map { resized(whole, from: plan.imageSize, to: $0.side, preprocessing) } ?? whole
        }
        let pictures =
            batch.pictureFeatures.isEmpty
            ? embed(pictures: seen(), part.count, layout, places: places.map(own))
            : embed(own(batch.pictureFeatures), of: .image)
        guard batch.captionFeatures.isEmpty else {
            return (pictures, embed(own(batch.captionFeatures), of: .text))
        }
        guard part.count < batch.count else {
            return (pictures, model.embed(tokens: batch.tokens, segments: batch.segments, on: &tape))
        }
        let tokens = part.flatMap { batch.tokens[batch.segments[$0]] }
        let segments = Segments(lengths: part.map { batch.segments[$0].count })
        return (pictures, model.embed(tokens: tokens, segments: segments, on: &tape))
    }

    /// The loss of embeddings, and the gradients of all that they were made from.
    private mutating func differentiateLoss(
        of pictures: Tensor, _ captions: Tensor, _ batch: Batch
    ) -> BatchFigures {
        let teacher = batch.teacher.isEmpty ? nil : rows(batch.teacher)
        let embedded = EmbeddedBatch(
            pictures: pictures, captions: captions, teacher: teacher, logLogitScale: model.logLogitScale,
            pictureIDs: batch.pictureIDs, captionIDs: batch.captionIDs)
        let loss = objective.loss(of: embedded, on: &tape)  // []
        let taught = teacher.map { _ in teaching.loss(of: embedded, on: &tape) }  // []
        tape.backward(from: taught.map { tape.weightedSum([(loss, 1), ($0, 1)]) } ?? loss)
        return BatchFigures(
            loss: tape.scalar(loss), chanceLoss: objective.chanceLoss(embedded),
            teacherLoss: taught.map { tape.scalar($0) }, pictureCosine: cosine(of: pictures),
            captionCosine: cosine(of: captions))
    }

    private mutating func gradients(of embeddings: Tensor) -> [Float] {
        tape.readGradient(embeddings) { span in span.indices.map { span[$0] } }
    }

    /// Embeddings that come from outside: `[rows, embedDim]`.
    private mutating func rows(_ floats: [Float]) -> Tensor {
        tape.input([floats.count / plan.embedDim, plan.embedDim]) { rows in
            for i in floats.indices { rows[i] = floats[i] }
        }
    }

    private func cosine(of embeddings: Tensor) -> Float {
        tape.read(embeddings) { meanPairwiseCosine($0, embedDim: plan.embedDim) }
    }
}
