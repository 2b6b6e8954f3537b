/// The wall-clock time of a run over all its sessions, and the pace of its latest steps.
struct RunClock {
    /// What one step took.
    private struct Lap {
        var seconds, waited, idle: Double
        var pairs: Int
    }

    private let start = ContinuousClock.now
    private let before: Double  // seconds of earlier sessions
    private var laps: [Lap] = []
    private let window = 20

    /// A clock that goes on after `before` seconds.
    init(before: Double) { self.before = before }

    /// Seconds since the run began, the times between sessions left out.
    var seconds: Double { before + (ContinuousClock.now - start) / .seconds(1) }

    /// Notes a step of `pairs` pairs that took `seconds`, of which it waited `waited` for data, and decoders `idle` for it.
    mutating func lap(seconds: Double, waited: Double, idle: Double, pairs: Int) {
        laps.append(Lap(seconds: seconds, waited: waited, idle: idle, pairs: pairs))
        if laps.count > window { laps.removeFirst() }
    }

    /// Mean of the latest steps; 0 before the first.
    var secondsPerStep: Double { laps.isEmpty ? 0 : total(\.seconds) / Double(laps.count) }

    /// Pairs a second over the latest steps.
    var pairsPerSecond: Double { Double(laps.reduce(0) { $0 + $1.pairs }) / max(total(\.seconds), 1e-9) }

    /// Share of the latest steps' time that was spent waiting for data, `0...1`.
    var waiting: Double { min(total(\.waited) / max(total(\.seconds), 1e-9), 1) }

    /// Share of that time that a decoding thread waited because enough batches were ready, `0...1`.
    var decodersWaiting: Double { min(total(\.idle) / max(total(\.seconds), 1e-9), 1) }

    private func total(_ field: KeyPath<Lap, Double>) -> Double { laps.reduce(0) { $0 + $1[keyPath: field] } }
}
