/// How long a run lasts: a number of steps, a wall-clock time, or whichever ends first.
package struct Budget: Codable, Sendable, Equatable {
    /// Updates of the weights; nil where the clock alone decides.
    package var steps: Int?
    /// Wall-clock minutes of all sessions together, evaluations included; nil where the steps alone decide.
    package var minutes: Double?

    /// A budget with at least one limit.
    package init(steps: Int?, minutes: Double?) {
        precondition(steps != nil || minutes != nil, "a budget needs a number of steps or of minutes")
        self.steps = steps
        self.minutes = minutes
    }

    /// The share of the budget that is used, `0...1`.
    ///
    /// By steps alone it depends on nothing else, so that a run can be repeated to the byte. The clock's share is that
    /// of the time for steps: the first one began after `start` seconds, and `reserve` seconds are kept for what follows
    /// the last one.
    package func progress(step: Int, seconds: Double, from start: Double = 0, reserve: Double = 0) -> Double {
        let ofSteps = steps.map { Double(step) / Double(max($0, 1)) } ?? 0
        let ofTime = minutes.map { (seconds - start) / max($0 * 60 - start - reserve, 1e-3) } ?? 0
        return min(max(ofSteps, ofTime, 0), 1)
    }

    /// Seconds until the budget is used up, if the steps to come take as long as the mean of those before.
    package func secondsLeft(step: Int, seconds: Double, secondsPerStep: Double) -> Double {
        let bySteps = steps.map { Double($0 - step) * secondsPerStep } ?? .infinity
        let byTime = minutes.map { $0 * 60 - seconds } ?? .infinity
        return max(min(bySteps, byTime), 0)
    }
}
