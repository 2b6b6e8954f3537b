import Foundation
import Testing

/// Whether tests that take seconds run as well.
let runsSlowTests = ProcessInfo.processInfo.environment["SLOW_TESTS"] != nil

/// One of the commands, as a user starts it.
struct Command {
    let name: String

    /// What a command left behind.
    struct Outcome {
        var code: Int32
        var output, talk: String

        /// The objects of `--json`.
        var events: [[String: Any]] {
            output.split(separator: "\n").compactMap { line in
                (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
            }
        }
    }

    /// Runs the command to its end; `during` sees its standard output grow. With a limit, no file can grow beyond so
    /// many blocks of 512 bytes, as on a disk that is full. `environment` is added to ours; `input` is what it may read.
    func run(
        _ arguments: [String], in folder: TemporaryFolder, input: String? = nil, fileLimit: Int? = nil,
        environment: [String: String] = [:],
        during: ((Process, String) -> Void)? = nil
    ) throws -> Outcome {
        let process = Process(), output = Pipe()
        let talk = folder.path + "/talk-\(UUID().uuidString)"
        try Data().write(to: URL(fileURLWithPath: talk))
        let executable = Self.products.appendingPathComponent(name)
        if let fileLimit {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments =
                ["-c", "trap '' XFSZ; ulimit -f \(fileLimit); exec \"$0\" \"$@\"", executable.path] + arguments
        } else {
            process.executableURL = executable
            process.arguments = arguments
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardOutput = output
        if let input {
            try folder.write(input, to: "input")
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder.path + "/input"))
        }
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: talk))
        Self.letSignalsThrough()
        try process.run()
        var text = Data()
        while case let part = output.fileHandleForReading.availableData, !part.isEmpty {
            text += part
            during?(process, String(decoding: text, as: UTF8.self))
        }
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            talk: try String(contentsOfFile: talk, encoding: .utf8))
    }

    /// A command inherits the blocked signals of the thread that starts it, and the pool's threads block Ctrl-C.
    private static func letSignalsThrough() {
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// The folder where the build puts commands and tests side by side.
    static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
}

/// A folder that goes away with the value.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "clip-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    func write(_ bytes: Data, to name: String) throws {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: url)
    }

    func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) }
}
