import Augmentations
import Autodiff
import Datasets
import Objectives
import Tensors
import Towers

/// How a step sees its pictures.
struct Sight {
    /// Smaller than the model's own; nil where they are not.
    var layout: PatchLayout?
    /// The patches that are shown, picture by picture; nil where all are.
    var places: [Int]?
}

/// From a batch to what its objectives need: each view passes its tower once.
extension Trainer {
    func sight(of batch: Batch, step: Int, progress: Double) -> Sight {
        let layout = settings.resolutionSchedule?.side(at: progress).map {
            PatchLayout(side: $0, patchSize: plan.patchSize)
        }
        let places = settings.patchDropout?.places(
            of: (layout ?? plan.layout).patches, count: batch.count, seed: settings.seed, step: step,
            progress: progress)
        return Sight(layout: layout, places: places)
    }

    /// What the towers make of a batch.
    mutating func embed(_ batch: Batch, _ sight: Sight) -> EmbeddedBatch {
        var embedded = EmbeddedBatch()
        if needs.contains(.pairs) {
            let (pictures, captions) = embedPairs(0..<batch.count, of: batch, sight)
            embedded = pairs(pictures, captions, of: batch)
        }
        if needs.contains(.pictureViews) {
            embedded.pictureViews = views(of: batch) { trainer, view in
                trainer.features(of: batch.views[view], batch.viewIDs.count, sight.layout)
            }
        }
        if needs.contains(.slowPictureViews) {
            embedded.slowPictureViews = views(of: batch) { trainer, view in
                trainer.slowFeatures(of: batch.views[view], batch.viewIDs.count, sight.layout)
            }
        }
        hidePatches(of: batch, sight, into: &embedded)
        embedTexts(of: batch, into: &embedded)
        return embedded
    }

    /// What the picture tower makes of pictures of which patches are hidden.
    private mutating func hidePatches(of batch: Batch, _ sight: Sight, into embedded: inout EmbeddedBatch) {
        let wanted = PictureNeeds(needs)
        guard wanted.hasPlainView else { return }
        let layout = sight.layout ?? plan.layout, pictures = seen(batch.views[wanted.plainView], sight.layout)
        let count = batch.viewIDs.count, all = patches(of: pictures, count, sight.layout)
        func encoded(_ rows: TowerRows, _ hidden: [[Int]]) -> EncodedPatches {
            EncodedPatches(
                rows: rows.tensor, extraRows: rows.extra, patches: all, patchesPerPicture: layout.patches,
                hidden: hidden)
        }
        for percent in wanted.visible {
            let hidden = places(percent, layout.patches, count)
            let shown = hidden.flatMap { hidden in
                let hidden = Set(hidden)
                return (0..<layout.patches).filter { !hidden.contains($0) }
            }
            let own = patches(of: pictures, count, sight.layout, places: shown)
            let rows = model.rows(
                patches: own, gridSide: layout.patchesPerSide, places: shown, batch: count, on: &tape)
            embedded.visiblePatches[percent] = encoded(rows, hidden)
        }
        for percent in wanted.masked {
            let hidden = places(percent, layout.patches, count)
            let numbers = hidden.enumerated().flatMap { picture, places in places.map { picture * layout.patches + $0 }
            }
            let rows = model.rows(
                patches: all, gridSide: layout.patchesPerSide, masked: MaskedPatches(rows: numbers, row: maskRow),
                batch: count, on: &tape)
            embedded.maskedPatches[percent] = encoded(rows, hidden)
        }
    }

    private func places(_ percent: Int, _ patches: Int, _ count: Int) -> [[Int]] {
        HiddenPatches(hiddenPercent: percent, seed: settings.seed, step: tape.stepNumber)
            .places(of: patches, count: count)
    }

    /// The row that stands in the place of hidden patches.
    private var maskRow: Tensor {
        guard let row = objectives.lazy.compactMap({ $0.objective.maskRow }).first else {
            preconditionFailure("no objective declared a row to hide patches behind")
        }
        return row
    }

    /// Pairs that the towers embedded, and what a teacher made of them.
    mutating func pairs(_ pictures: Tensor, _ captions: Tensor, of batch: Batch) -> EmbeddedBatch {
        EmbeddedBatch(
            EmbeddedPairs(
                pictures: pictures, captions: captions, logLogitScale: model.logLogitScale,
                pictureIDs: batch.pictureIDs, captionIDs: batch.captionIDs),
            teacher: batch.teacher.isEmpty ? nil : rows(batch.teacher))
    }

    /// The embeddings of some pairs of a batch, `[part.count, embedDim]` each.
    mutating func embedPairs(
        _ part: Range<Int>, of batch: Batch, _ sight: Sight
    ) -> (pictures: Tensor, captions: Tensor) {
        func own<T>(_ all: [T]) -> [T] {
            guard part.count < batch.count else { return all }
            let width = all.count / batch.count
            return Array(all[part.lowerBound * width..<part.upperBound * width])
        }
        let pictures =
            batch.pictureFeatures.isEmpty
            ? embed(
                pictures: seen(own(batch.pictures), sight.layout), part.count, sight.layout,
                places: sight.places.map(own))
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

    /// Embeddings that come from outside: `[rows, embedDim]`.
    mutating func rows(_ floats: [Float]) -> Tensor {
        tape.input([floats.count / plan.embedDim, plan.embedDim]) { rows in
            for i in floats.indices { rows[i] = floats[i] }
        }
    }

    private mutating func views(of batch: Batch, _ made: (inout Trainer, Int) -> Tensor) -> TwoViews {
        let first = made(&self, 0)
        return TwoViews(first: first, second: made(&self, 1), ids: batch.viewIDs)
    }

    private func seen(_ pictures: [UInt8], _ layout: PatchLayout?) -> [UInt8] {
        layout.map { resized(pictures, from: plan.imageSize, to: $0.side, preprocessing) } ?? pictures
    }

    /// What the picture tower makes of pictures: `[count, imageWidth]`.
    private mutating func features(of pictures: [UInt8], _ count: Int, _ layout: PatchLayout?) -> Tensor {
        let rows = patches(of: seen(pictures, layout), count, layout)
        return model.features(
            patches: rows, gridSide: (layout ?? plan.layout).patchesPerSide, batch: count, on: &tape)
    }

    /// What the slow copy of the picture tower makes of them; nothing of it is remembered.
    private mutating func slowFeatures(of pictures: [UInt8], _ count: Int, _ layout: PatchLayout?) -> Tensor {
        guard let slow else { preconditionFailure("an objective's slow tower was never declared") }
        let rows = patches(of: seen(pictures, layout), count, layout)
        let gridSide = (layout ?? plan.layout).patchesPerSide
        return tape.withoutRecording { tape in
            slow.model.features(patches: rows, gridSide: gridSide, batch: count, on: &tape)
        }
    }
}
