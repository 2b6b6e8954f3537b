package import Augmentations
import Autodiff
package import Datasets
package import Failures
import Foundation
import Kernels
import Objectives
import Tensors
package import Towers

/// A model, its weights, and what moves them.
package struct Trainer: ~Copyable {
    let plan: ModelPlan
    let settings: TrainingSettings
    let preprocessing: Preprocessing
    let store: ParameterStore
    let model: Model
    /// The parameters of the model alone, which stand first: what a model folder holds.
    let modelStore: ParameterStore
    var objectives: [WeightedObjective]
    /// What a batch must hold for all objectives.
    let needs: Set<BatchNeed>
    /// What it learns from.
    let material: Material
    let slow: SlowTower?
    /// What rows of features go through before they are projected, by their tower.
    var standardizations: [TowerSide: Standardization]
    var tape: Tape
    var optimizer: Optimizer
    var average: MovingAverage

    /// A model with the initial weights of its seed. Locked towers are no part of it.
    package init(_ plan: ModelPlan, _ settings: TrainingSettings, _ preprocessing: Preprocessing) {
        var store = ParameterStore()
        let locked = settings.towers?.locked ?? []
        let tuning = settings.tuning
        var objectives = settings.chosenObjectives.made(isDecoupled: settings.isDecoupled ?? false)
        needs = settings.needs
        material = Material(needs)
        model =
            if let side = material.side {
                Model(plan, only: side, tuning: tuning, in: &store)
            } else {
                Model(plan, without: locked, dropout: settings.towers?.dropout ?? 0, tuning: tuning, in: &store)
            }
        modelStore = store
        slow = needs.contains(.slowPictureViews) ? SlowTower(of: plan, in: &store) : nil
        let setting = ObjectiveSetting(
            batchSize: settings.batchSize, imageWidth: plan.featureWidth(.image), textWidth: plan.featureWidth(.text),
            vocabSize: plan.vocabSize, patches: plan.patches, patchWidth: plan.patchWidth,
            contextLength: plan.contextLength)
        for i in objectives.indices { objectives[i].objective.declareParameters(setting, in: &store) }
        self.objectives = objectives
        standardizations = Dictionary(
            uniqueKeysWithValues: locked.map { ($0, Standardization(width: plan.featureWidth($0))) })
        tape = Tape(parameters: store, seed: settings.seed)
        optimizer = Optimizer(settings.optimizer, store, weightDecay: settings.weightDecay) { parameter in
            tuning.map { plan.rate(of: parameter.name, $0) } ?? 1
        }
        tape.learn(optimizer.moving)
        average = MovingAverage(of: tape, decay: settings.emaDecay)
        self.plan = plan
        self.settings = settings
        self.preprocessing = preprocessing
        self.store = store
    }

    /// One update of the weights: embed, compare, differentiate, move. Returns what happened; prints nothing.
    ///
    /// Radford et al. 2021 (CLIP), figure 3. `number` counts the updates from 1; `progress` is the share of the run that
    /// is over.
    ///
    /// - Throws: `.badSettings` where the loss or the gradient is not a number; then no weight has moved.
    package mutating func step(
        _ number: Int, on batch: Batch, learningRate: Float, progress: Double = 0
    ) throws(Failure) -> StepFigures {
        let (found, embedded) = differentiate(batch, step: number, progress: progress)
        let squares = tape.readGradients { gradients in
            optimizer.moving.reduce(0) { $0 + sumOfSquares(gradients.extracting($1)) }
        }
        let norm = Float(squares.squareRoot())
        try requireFinite(found.loss, norm, at: number)
        optimizer.update(
            &tape,
            OptimizerStep(
                number: number, learningRate: learningRate,
                gradientScale: min(1, settings.gradientNormLimit / (norm + 1e-6))))
        clampLogitScale()
        for one in objectives { one.objective.afterStep(embedded, progress: progress, on: &tape) }
        if let momentum = objectives.map({ $0.objective.slowMomentum(progress: progress) }).min() {
            slow?.follow(on: &tape, momentum: momentum)
        }
        average.update(tape, step: number)
        return StepFigures(found: found, logitScale: logitScale, gradientNorm: norm)
    }

    /// What the cosines are multiplied by; nil where the run has no pairs.
    var logitScale: Float? { model.hasLogitScale ? exp(tape.scalar(model.logLogitScale)) : nil }

    /// Keeps the scale at 100 at most — Radford et al. 2021, section 2.5.
    private mutating func clampLogitScale() {
        guard model.hasLogitScale else { return }
        tape.write(model.logLogitScale) { $0[0] = min($0[0], Float(log(100.0))) }
    }

    // MARK: - Embedding

    /// The embeddings `[count, model.embedDim(.image)]` of pictures `[count, side, side, 3]`.
    mutating func embed(pictures: [UInt8], count: Int) -> [Float] {
        tape.begin(recording: false)
        return floats(of: embed(pictures: pictures, count))
    }

    /// The embeddings `[captions.count, model.embedDim(.text)]` of captions as tokens.
    mutating func embed(captions: [[Int32]]) -> [Float] {
        tape.begin(recording: false)
        let tokens = captions.flatMap { $0 }, segments = Segments(lengths: captions.map(\.count))
        return floats(of: model.embed(tokens: tokens, segments: segments, on: &tape))
    }

    /// The embeddings `[rows, embedDim]` of what a locked tower made: `[rows, featureWidth]`.
    mutating func embed(features: [Float], of side: TowerSide) -> [Float] {
        tape.begin(recording: false)
        return floats(of: embed(features, of: side))
    }

    /// The same on the tape of a step, of pictures cut up by `layout`, the model's own where nil; `places` tells which
    /// patches `pictures` show, where these are not all.
    mutating func embed(
        pictures: [UInt8], _ count: Int, _ layout: PatchLayout? = nil, places: [Int]? = nil
    ) -> Tensor {
        let rows = patches(of: pictures, count, layout, places: places)
        return model.embed(
            patches: rows, gridSide: (layout ?? plan.layout).patchesPerSide, places: places, batch: count, on: &tape)
    }

    /// Pictures as the picture tower reads them: `[count·patches, patchWidth]`.
    mutating func patches(
        of pictures: [UInt8], _ count: Int, _ layout: PatchLayout?, places: [Int]? = nil
    ) -> Tensor {
        let layout = layout ?? plan.layout
        return tape.input([places?.count ?? count * layout.patches, layout.rowWidth]) {
            writePatches(of: pictures, layout, preprocessing, places: places, into: &$0)
        }
    }

    /// The same on the tape of a step, of what a locked tower made.
    mutating func embed(_ features: [Float], of side: TowerSide) -> Tensor {
        let width = plan.featureWidth(side)
        guard let standardization = standardizations[side] else { preconditionFailure("\(side) is not locked") }
        let rows = tape.input([features.count / width, width]) { standardization.apply(features.span, into: &$0) }
        return model.embed(rows, of: side, on: &tape)
    }

    func floats(of tensor: Tensor) -> [Float] {
        tape.read(tensor) { floats in floats.indices.map { floats[$0] } }
    }
}

/// What one update of the weights found.
package struct StepFigures: Sendable {
    /// What the embeddings were worth before it.
    package var found: BatchFigures
    package var logitScale: Float?
    package var gradientNorm: Float
}
