public import Autodiff

/// Pulls a small model towards the vectors that another model made of the pictures.
///
/// `w·mean‖p − t‖² + ½·[CE(s·T·Cᵀ) + CE(s·C·Tᵀ)]`, in nats: pictures `p` move to their teacher vectors `t`, and captions `C`
/// must pick their picture's teacher vector from the batch — Yang et al. 2024 (CLIP-KD), equations 4 and 7: feature
/// distillation and interactive contrastive learning. Where nothing is known, the first is `2·w`, the second `ln(batch)`.
public struct TeacherDistillation: Objective {
    /// `teacher`.
    public static let name = "teacher"
    /// Pairs and vectors.
    public static let learnsFrom = "pictures with captions, and --teacher with vectors of the pictures"
    /// What the distance is multiplied by.
    public var distanceWeight: Float = 4

    /// The distance four times, the contrast once.
    public init() {}

    /// Pairs, and vectors of the pictures.
    public var needs: Set<BatchNeed> { [.pairs, .teacher] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        var paired = batch.needed(batch.pairs, "pairs")
        let teacher = batch.needed(batch.teacher, "vectors of a teacher")
        let distance = tape.meanSquaredDistance(paired.pictures, teacher)
        paired.pictures = teacher
        return tape.weightedSum([
            (distance, distanceWeight), (SoftmaxContrastive().loss(of: paired, on: &tape), 1),
        ])
    }

    /// Of pictures that lie anywhere, and captions that pick at random.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float? {
        SoftmaxContrastive().chanceLoss(batch).map { 2 * distanceWeight + $0 }
    }
}
