import Foundation

/// The learning rate over a run: a linear warm-up times a cosine that falls to zero at the end of the budget.
///
/// `peak · warmup · ½(1 + cos(π · progress))` — Loshchilov & Hutter 2017 (SGDR), eq. 5, without restarts.
package struct Schedule: Codable, Sendable, Equatable {
    /// The learning rate at the top.
    package var peak: Float
    /// Steps of the warm-up; nil stands for the first twentieth of the budget, and at least ten steps.
    package var warmupSteps: Int?

    /// A schedule with its top at `peak`.
    package init(peak: Float, warmupSteps: Int? = nil) {
        self.peak = peak
        self.warmupSteps = warmupSteps
    }

    /// The learning rate of the update numbered `step`, from 0, when the share `progress` of the budget is used.
    package func learningRate(step: Int, progress: Double) -> Float {
        peak * Float(warmup(step: step, progress: progress) * (1 + cos(.pi * progress)) / 2)
    }

    /// Whether the warm-up is over.
    func isWarm(step: Int, progress: Double) -> Bool { warmup(step: step, progress: progress) >= 1 }

    private func warmup(step: Int, progress: Double) -> Double {
        guard let warmupSteps else { return min(1, max(progress / 0.05, 0.02), Double(step + 1) / 10) }
        return min(1, Double(step + 1) / Double(max(warmupSteps, 1)))
    }
}
