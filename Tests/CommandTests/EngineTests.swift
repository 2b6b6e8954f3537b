import Foundation
import Testing

@Suite struct EngineTests {
    @Test func `from the second step on the system is asked for no memory`() throws {
        let folder = try TemporaryFolder()
        try folder.write("12\n", to: "lengths")
        let arguments = ["training", "--model", "vit-pico-8-64", "--batch", "32", "--steps", "6", "--threads", "2"]
        let outcome = try Command(name: "clip-benchmark").run(arguments + ["--lengths", "lengths"], in: folder)
        #expect(outcome.code == 0, "\(outcome.talk)")
        let pages = try #require(outcome.events.first?["pages"] as? [Int])
        #expect(pages[0] > 1000, "the first step must have asked: \(pages)")
        // The second step may still meet what only a second step needs; a page is 4 kB.
        #expect(pages.dropFirst(2).allSatisfy { $0 < 16 }, "\(pages)")
    }

    @Test func `a command refuses an instruction level that the environment names and the processor lacks`() throws {
        let outcome = try Command(name: "clip-search")
            .run(["nowhere", "red"], in: try TemporaryFolder(), environment: ["CLIP_CPU_LEVEL": "mmx"])
        #expect(outcome.code == 69)
        #expect(outcome.talk.hasPrefix("clip-search: cannot use instruction level: CLIP_CPU_LEVEL: found mmx, this "))
    }
}
