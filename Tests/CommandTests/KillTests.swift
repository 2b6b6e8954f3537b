import Failures
import Foundation
import Testing
import VectorIndex

/// `clip-index` is killed at random moments of building, adding, replacing, removing and optimizing: the index is what
/// it was before, or what it was to become. `KILLS` says how often.
@Suite(.serialized) struct KillTests {
    private let kills = ProcessInfo.processInfo.environment["KILLS"].flatMap { Int($0) } ?? (runsSlowTests ? 60 : 10)

    /// For every number, the number whose vector it has.
    private typealias State = [Int: Int]

    private func write(_ state: State, to name: String, in folder: TemporaryFolder) throws {
        let lines = state.sorted { $0.key < $1.key }.map { id, of in
            "{\"id\":\(id),\"vector\":\(vector(of)),\"path\":\"p/\(of)\"}\n"
        }
        try folder.write(lines.joined(), to: name)
    }

    /// Starts `clip-index`; ends it with no warning after so many seconds, unless it has ended by then. Returns its
    /// seconds.
    private func run(_ arguments: [String], killedAfter seconds: Double?, in folder: TemporaryFolder) throws -> Double {
        let process = Process(), start = ContinuousClock.now
        process.executableURL = Command.products.appendingPathComponent("clip-index")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardError = FileHandle.nullDevice
        try process.run()
        if let seconds {
            usleep(UInt32(1e6 * seconds))
            kill(process.processIdentifier, SIGKILL)
        }
        process.waitUntilExit()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// What the index in `x` holds; every byte of it is checked.
    private func state(_ folder: TemporaryFolder) throws -> State {
        guard folder.exists("x/manifest.json") else { return [:] }
        var index = try IndexSnapshot("\(folder.path)/x"), state: State = [:]
        #expect(index.damages().isEmpty)
        try index.forEach { id, found in
            let of = [Int(id), Int(id) + 100_000].first { number in
                let right = vector(number), length = right.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return right.indices.allSatisfy { abs(right[$0] / length - found[$0]) < 1e-3 }
            }
            state[Int(id)] = of ?? -1
        }
        return state
    }

    /// The command, and what the index is to become.
    private func next(_ round: Int, _ before: State, _ folder: TemporaryFolder) throws -> ([String], State) {
        var after = before
        guard !before.isEmpty else {
            for id in 0..<1500 { after[id] = id }
            try write(after, to: "all.jsonl", in: folder)
            return (["import", "all.jsonl", "--output", "x"], after)
        }
        switch round % 5 {
        case 0:
            let start = (before.keys.max() ?? 0) + 1,
                new = State(uniqueKeysWithValues: (start..<start + 120).map { ($0, $0) })
            try write(new, to: "new.jsonl", in: folder)
            return (["add", "x", "new.jsonl"], before.merging(new) { $1 })
        case 1:
            let some = before.keys.sorted().prefix(60),
                new = State(uniqueKeysWithValues: some.map { ($0, $0 + 100_000) })
            try write(new, to: "new.jsonl", in: folder)
            return (["add", "x", "new.jsonl", "--replace"], before.merging(new) { $1 })
        case 2: return (["optimize", "x"], before)
        case 3:
            let some = Array(before.keys.sorted().prefix(90))
            for id in some { after[id] = nil }
            return (["remove", "x"] + some.map(String.init), after)
        default:
            let all = Array(before.keys.sorted().dropFirst(700))
            for id in all { after[id] = nil }
            return (["remove", "x"] + all.map(String.init), after)
        }
    }

    @Test func `whatever the moment of a kill, the index is as before or as it was to become`() throws {
        let folder = try TemporaryFolder()
        var former: State = [:], seconds = 0.3, counts = (before: 0, after: 0)
        for round in 0..<kills {
            if round % 40 == 39 {
                try folder.remove("x")
                former = [:]
            }
            let (arguments, expected) = try next(round, former, folder)
            // Now and then nobody kills, so that there is something to add to and the time is known.
            let isLeft = round % 6 == 0
            let took = try run(arguments, killedAfter: isLeft ? nil : .random(in: 0...seconds), in: folder)
            if isLeft { seconds = took }
            let found = try state(folder)
            #expect(found == former || found == expected, "round \(round): \(arguments.prefix(3))")
            if isLeft { #expect(found == expected) }
            if found == expected { counts.after += 1 } else { counts.before += 1 }
            former = found
        }
        // One more run clears away what the killed ones have left.
        let (arguments, expected) = try next(0, former, folder)
        _ = try run(arguments, killedAfter: nil, in: folder)
        #expect(try state(folder) == expected)
        #expect(try folder.names("x").allSatisfy { !$0.contains(".writing") })
        #expect(counts.after > 0 && (kills < 30 || counts.before > 0))
    }
}
