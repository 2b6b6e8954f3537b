import Failures
import Foundation

/// What `run.json` holds: every resolved setting, what the data was, and what computed.
struct RunRecord: Codable, Sendable, Equatable {
    /// What the run learnt from.
    struct Data: Codable, Sendable, Equatable {
        /// Tells the data from other data: all names, captions and both lists.
        var fingerprint: String
        var pairs: Int
        var validationPairs: Int
        /// Tells a teacher's vectors from others.
        var teacher: String?
        /// Tells the pictures without captions from others.
        var pictures: String?
    }

    /// What computed.
    struct Machine: Codable, Sendable, Equatable {
        var system: String
        var architecture: String
        var swift: String
        var threads: Int
        var workers: Int
    }

    /// Counts up whenever an older program could not go on with the run; such a run is refused.
    var version = current
    private static let current = 2
    var settings: TrainingSettings
    var data: Data
    var machine: Machine
    var started: String

    /// The record of a run that starts now.
    init(_ settings: TrainingSettings, data: Data, threads: Int, workers: Int) {
        self.settings = settings
        self.data = data
        machine = Machine(
            system: ProcessInfo.processInfo.operatingSystemVersionString, architecture: Self.architecture,
            swift: Self.swift, threads: threads, workers: workers)
        started = ISO8601DateFormatter().string(from: Date())
    }

    /// Reads the record of a run.
    init(_ path: String) throws(Failure) {
        self = try JSONText.read(Self.self, from: path)
        guard version <= Self.current else {
            throw Failure(
                .badSettings, "cannot resume", at: path,
                because: "version \(version) of the run is newer than this program's \(Self.current)",
                try: "go on with the program that began it")
        }
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }

    private static var swift: String {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
