import Augmentations
import Failures
import Images
import Kernels
import Towers

/// Smaller pictures at first: which side a training step sees them at.
///
/// Touvron et al. 2019 (FixRes) and Li et al. 2023 (CLIPA, section 3.1): most of a run goes over small pictures, its last
/// part over whole ones, and positions are resized between the two. What is evaluated is always whole.
package struct ResolutionSchedule: Codable, Sendable, Equatable {
    /// A side in pixels, and the share of the budget until which it holds.
    package struct Stage: Codable, Sendable, Equatable {
        package var side: Int
        package var end: Double
    }

    /// Both ascend.
    package var stages: [Stage]

    /// Reads `SIDE:SHARE`, or several with commas between them: `32:0.4,48:0.8`. Nil where sides or shares do not ascend.
    package init?(_ text: String) {
        stages = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":")
            guard words.count == 2, let side = Int(words[0]), let end = Double(words[1]),
                side > stages.last?.side ?? 0, end > stages.last?.end ?? 0, end < 1
            else { return nil }
            stages.append(Stage(side: side, end: end))
        }
    }

    /// The side at a share of the budget; nil where pictures are whole.
    func side(at progress: Double) -> Int? { stages.first { progress < $0.end }?.side }

    /// Whether a model can see such pictures.
    ///
    /// - Throws: `.badSettings` that names the side.
    func check(with plan: ModelPlan) throws(Failure) {
        for stage in stages where stage.side % plan.patchSize != 0 || stage.side >= plan.imageSize {
            throw Failure(
                .badSettings, "cannot use option", at: "--resolution-schedule",
                because: "pictures of \(stage.side) pixels for patches of \(plan.patchSize) and whole pictures of "
                    + "\(plan.imageSize)",
                try: "give multiples of \(plan.patchSize) below \(plan.imageSize)")
        }
    }
}

extension ResolutionSchedule: CustomStringConvertible {
    package var description: String { stages.map { "\($0.side):\($0.end)" }.joined(separator: ",") }
}

/// `pictures` `[count, from, from, 3]` as `[count, side, side, 3]`.
func resized(_ pictures: [UInt8], from: Int, to side: Int, _ preprocessing: Preprocessing) -> [UInt8] {
    let pixels = 3 * from * from
    return parallelMap(pictures.count / pixels) { number in
        Picture(height: from, width: from, pixels: Array(pictures[number * pixels..<(number + 1) * pixels]))
            .resized(height: side, width: side, filter: preprocessing.interpolation).pixels
    }.flatMap { $0 }
}
