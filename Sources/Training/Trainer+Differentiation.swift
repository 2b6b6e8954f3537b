import Augmentations
import Autodiff
import Datasets
import Evaluation
import Objectives
import Tensors
import Towers

/// What the embeddings of a batch are worth.
package struct BatchFigures: Sendable {
    /// The weighted sum of all objectives, and what that is of embeddings that tell nothing; nil where that is no number.
    package var loss: Float
    package var chanceLoss: Float?
    /// Each objective by itself, unweighted.
    package var losses: [String: Float]
    /// Mean cosine between different pictures, and between different texts, of the batch.
    package var pictureCosine, captionCosine: Float?
}

/// From a batch to the gradients of all parameters.
extension Trainer {
    /// Embeds a batch, compares, and makes the gradients of all parameters on the tape.
    ///
    /// With `--micro-batch`, so many pairs at once as it says: all are embedded first, part by part; the loss of all
    /// embeddings gives their gradients; then each part is embedded once more, with the same luck, and goes on from its
    /// own. That is the gradient of the whole batch, in the memory of a part — Gao et al. 2021 (GradCache), section 3.
    mutating func differentiate(_ batch: Batch, step: Int, progress: Double) -> (BatchFigures, EmbeddedBatch) {
        let sight = sight(of: batch, step: step, progress: progress), size = settings.microBatch ?? batch.count
        guard size < batch.count else {
            tape.begin(recording: true, step: step)
            let embedded = embed(batch, sight)
            return (differentiateLoss(of: embedded), embedded)
        }
        let parts = stride(from: 0, to: batch.count, by: size).map { $0..<min($0 + size, batch.count) }
        var pictureRows: [Float] = [], captionRows: [Float] = []
        for part in parts {
            tape.begin(recording: true, step: step, firstItem: part.lowerBound)
            let (pictures, captions) = embedPairs(part, of: batch, sight)
            pictureRows += floats(of: pictures)
            captionRows += floats(of: captions)
        }
        tape.begin(recording: true, step: step)
        let allPictures = rows(pictureRows), allCaptions = rows(captionRows)
        let embedded = pairs(allPictures, allCaptions, of: batch), figures = differentiateLoss(of: embedded)
        let pictureGradients = gradients(of: allPictures), captionGradients = gradients(of: allCaptions)
        for part in parts {
            tape.begin(recording: true, step: step, firstItem: part.lowerBound)
            let (pictures, captions) = embedPairs(part, of: batch, sight)
            let own = part.lowerBound * plan.embedDim..<part.upperBound * plan.embedDim
            let ofPictures = tape.innerProduct(pictures, rows(Array(pictureGradients[own])))
            let ofCaptions = tape.innerProduct(captions, rows(Array(captionGradients[own])))
            tape.backward(from: tape.weightedSum([(ofPictures, 1), (ofCaptions, 1)]), accumulating: true)
        }
        return (figures, embedded)
    }

    /// The loss of what the towers made, and the gradients of all that it was made from.
    private mutating func differentiateLoss(of batch: EmbeddedBatch) -> BatchFigures {
        var terms: [(Tensor, Float)] = [], chance: Float? = 0
        let batches = settings.matryoshka.map { Matryoshka($0.lengths).cut(batch, on: &tape) } ?? [batch]
        for one in objectives {
            terms.append((loss(of: batches, one.objective), one.weight))
            let own = one.objective.chanceLoss(batch)
            chance = own.flatMap { own in chance.map { $0 + one.weight * own } }
        }
        let isPlain = terms.count == 1 && terms[0].1 == 1
        let loss = isPlain ? terms[0].0 : tape.weightedSum(terms)  // []
        tape.backward(from: loss)
        let losses = zip(objectives, terms).map { ($0.name, tape.scalar($1.0)) }
        return BatchFigures(
            loss: tape.scalar(loss), chanceLoss: chance, losses: Dictionary(losses) { first, _ in first },
            pictureCosine: (batch.pairs?.pictures ?? batch.pictureViews?.first).map { cosine(of: $0) },
            captionCosine: (batch.pairs?.captions ?? batch.textPairs.values.first?.first).map { cosine(of: $0) })
    }

    /// The mean loss of a batch and of what is cut from it; that of the batch, which comes first, where an objective does not
    /// compare embeddings.
    private mutating func loss(of batches: [EmbeddedBatch], _ objective: any Objective) -> Tensor {
        guard batches.count > 1, Matryoshka.applies(to: objective.needs, ofPairs: material == .pairs) else {
            return objective.loss(of: batches[0], on: &tape)
        }
        return tape.weightedSum(
            batches.map { (objective.loss(of: $0, on: &tape), 1 / Float(batches.count)) })
    }

    private mutating func gradients(of embeddings: Tensor) -> [Float] {
        tape.readGradient(embeddings) { span in span.indices.map { span[$0] } }
    }

    /// The mean cosine of different rows `[rows, width]` of any length.
    private func cosine(of rows: Tensor) -> Float {
        tape.read(rows) { floats in
            var unit = floats.indices.map { floats[$0] }
            for row in 0..<rows.rowCount {
                let own = row * rows.width..<(row + 1) * rows.width
                let length = unit[own].reduce(0) { $0 + $1 * $1 }.squareRoot()
                for i in own { unit[i] /= max(length, 1e-12) }
            }
            return meanPairwiseCosine(unit.span, embedDim: rows.width)
        }
    }
}
