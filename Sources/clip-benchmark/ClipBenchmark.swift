import ArgumentParser
import Failures
import Storage

/// What `scripts/benchmark` asks of this side: no command for users, and its output may change at any time.
@main struct ClipBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip-benchmark", abstract: "Measures parts of the engine for scripts/benchmark.",
        subcommands: [
            KernelBenchmark.self, ForwardBenchmark.self, TowerBenchmark.self, TrainingBenchmark.self,
            ImageBenchmark.self, IndexBenchmark.self, OpeningBenchmark.self,
        ])
}

/// The lines of a file that are not empty.
func lines(of path: String) throws(Failure) -> [String] {
    let bytes = try MappedFile(path).read { $0.bytes(0..<$0.byteCount) }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
}
