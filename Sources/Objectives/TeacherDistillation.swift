public import Autodiff

/// Pulls a small model towards the vectors that another model made of the pictures.
///
/// `w·mean‖p − t‖² + ½·[CE(s·T·Cᵀ) + CE(s·C·Tᵀ)]`, in nats: pictures `p` move to their teacher vectors `t`, and captions `C`
/// must pick their picture's teacher vector from the batch — Yang et al. 2024 (CLIP-KD), equations 4 and 7: feature
/// distillation and interactive contrastive learning. Where nothing is known, the first is `2·w`, the second `ln(batch)`.
public struct TeacherDistillation: Objective {
    /// `teacher`.
    public static let name = "teacher"
    /// What the distance is multiplied by.
    public var distanceWeight: Float = 4

    /// The distance four times, the contrast once.
    public init() {}

    /// Pairs, and vectors of the pictures.
    public var needs: BatchNeeds { [.pictures, .captions, .teacher] }

    /// The loss, `[]`.
    public func loss(of batch: EmbeddedBatch, on tape: inout Tape) -> Tensor {
        guard let teacher = batch.teacher else { preconditionFailure("a batch without vectors of a teacher") }
        var paired = batch
        paired.pictures = teacher
        let distance = tape.meanSquaredDistance(batch.pictures, teacher)
        return tape.weightedSum([
            (distance, distanceWeight), (SoftmaxContrastive().loss(of: paired, on: &tape), 1),
        ])
    }

    /// Of pictures that lie anywhere, and captions that pick at random.
    public func chanceLoss(_ batch: EmbeddedBatch) -> Float {
        2 * distanceWeight + SoftmaxContrastive().chanceLoss(batch)
    }
}
