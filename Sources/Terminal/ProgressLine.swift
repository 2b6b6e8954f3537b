/// How far a long piece of work has come: count, share, rate and time left, in one line.
public struct ProgressLine {
    /// What is being done: "embedding".
    public let verb: String
    /// What is counted: "pictures".
    public let unit: String
    /// How many there are in all.
    public let total: Int
    private let start: ContinuousClock.Instant

    /// Work on `total` units that begins now.
    public init(_ verb: String, _ total: Int, _ unit: String) {
        self.verb = verb
        self.total = total
        self.unit = unit
        start = .now
    }

    /// The line after `done` units: "embedding 1,200 of 5,000 pictures · 24 % · 130/s · 29 s left".
    public func line(after done: Int) -> String {
        line(after: done, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    func line(after done: Int, seconds: Double) -> String {
        var parts = ["\(verb) \(countText(done)) of \(countText(total)) \(unit)"]
        if total > 0 { parts.append("\(done * 100 / total) %") }
        if done > 0 && seconds > 0 {
            let rate = Double(done) / seconds
            parts.append("\(rateText(rate))/s")
            if done < total { parts.append("\(durationText(Double(total - done) / rate)) left") }
        }
        return parts.joined(separator: " · ")
    }
}
