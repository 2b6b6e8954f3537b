import Datasets
import Failures
import Foundation
import Testing

@testable import Training

@Suite struct RunDirectoryTests {
    private let folder = NSTemporaryDirectory() + "run-\(UUID().uuidString)"

    private func failure(_ body: () throws(Failure) -> Void) -> Failure? {
        do throws(Failure) {
            try body()
            return nil
        } catch { return error }
    }

    @Test func `a run is named after its data and its hour`() {
        let date = Date(timeIntervalSince1970: 1_000_000)
        for data in ["/data/pets", "/data/pets/", "/data/pets.tar", "/data/pets/captions.tsv", "/x/pets/prepared"] {
            let path = RunDirectory.defaultPath(for: data, at: date)
            #expect(path.hasPrefix("runs/pets-197001"), "\(data)")
        }
    }

    @Test func `a folder that holds something is left alone`() throws {
        _ = try RunDirectory.make(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(failure { () throws(Failure) in _ = try RunDirectory.make(folder) }?.kind == .badSettings)
        #expect(failure { () throws(Failure) in _ = try RunDirectory.open(folder) }?.kind == .missingInput)
    }

    @Test func `a place that cannot be written is told at once`() {
        let failure = failure { () throws(Failure) in _ = try RunDirectory.make("/proc/run") }
        #expect(failure?.kind == .cannotWrite && failure?.place == "/proc/run")
    }

    @Test func `a skipped sample is listed once, also after a crash`() throws {
        _ = try RunDirectory.make(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = RunDirectory(path: folder).skipped, bad = Skipped(name: "a.png", reason: "no pixels")
        var log = try SkippedLog(path)
        try log.append([bad, bad])
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"name\":\"half".utf8))
        var again = try SkippedLog(path)
        try again.append([bad, Skipped(name: "b.png", reason: "no pixels")])
        #expect(again.count == 2)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines == [#"{"name":"a.png","reason":"no pixels"}"#, #"{"name":"b.png","reason":"no pixels"}"#])
    }
}
