import ArgumentParser

/// What `scripts/benchmark` asks of this side: no command for users, and its output may change at any time.
@main struct ClipBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-benchmark", abstract: "Measures parts of the engine for scripts/benchmark.",
        subcommands: [TowerBenchmark.self, TrainingBenchmark.self])
}
