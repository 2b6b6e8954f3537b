import Failures
import Foundation
import Testing
import Towers

@testable import Training

@Suite struct PrefixLengthsTests {
    @Test func `lengths ascend, and are an array in JSON`() throws {
        let lengths = try #require(PrefixLengths("64,128"))
        #expect(lengths.lengths == [64, 128] && lengths.description == "64,128")
        let json = try JSONEncoder().encode(lengths)
        #expect(String(decoding: json, as: UTF8.self) == "[64,128]")
        #expect(try JSONDecoder().decode(PrefixLengths.self, from: json) == lengths)
        for wrong in ["", "0", "128,64", "8,8", "a", "8,,9", "-1"] { #expect(PrefixLengths(wrong) == nil, "\(wrong)") }
    }

    @Test func `objectives that compare nothing, and embeddings that are shorter, are refused by name`() throws {
        let lengths = try #require(PrefixLengths("8"))
        func names(_ words: [String]) -> [ObjectiveChoice] { words.map { ObjectiveChoice($0) } }
        for words in [["clip"], ["clip", "mlm"], ["simclr", "mae"], ["cpc"]] { try lengths.check(for: names(words)) }
        for words in [["mae"], ["mlm", "nsp"], ["simmim"], ["tsdae"]] {
            let failure = #expect(throws: Failure.self) { try lengths.check(for: names(words)) }
            #expect(failure?.why.contains(words.joined(separator: " and ")) == true)
        }
        let plan = try ModelConfiguration(named: "vit-nano-8-64").plan
        try lengths.check(with: plan, .pairs)
        let long = try #require(PrefixLengths("8,\(plan.embedDim)"))
        let failure = #expect(throws: Failure.self) { try long.check(with: plan, .pairs) }
        #expect(failure?.kind == .badSettings && failure?.place == "--matryoshka")
    }
}
