import Augmentations
import Images
import PictureFixtures
import Tensors
import Testing

/// What torchvision does with Pillow pictures, by `scripts/golden-images/make`.
private struct GoldenPolicy: Decodable {
    struct Result: Decodable {
        var operation: PolicyOperation, magnitude: Float, filter: WarpFilter, fill: UInt8, result: GoldenPicture
    }

    struct Magnitudes: Decodable {
        var height: Int, width: Int, magnitude: Int, rand: [String: Float], trivial: [String: [Float]]
    }

    var source: GoldenPicture
    var results: [Result]
    var magnitudes: [Magnitudes]
}

@Suite struct PolicyTests {
    private static func luck(_ item: Int) -> SeededRandom { SeededRandom(seed: 3, purpose: .augmentation, item: item) }

    @Test func `every operation gives torchvision's bytes`() throws {
        let golden = try fixture("policy.json", as: GoldenPolicy.self)
        for result in golden.results {
            let changed = result.operation.apply(
                result.magnitude, to: golden.source.picture, filter: result.filter, fill: result.fill)
            #expect(changed == result.result.picture, "\(result.operation) \(result.magnitude) \(result.filter)")
        }
        #expect(Set(golden.results.map(\.operation)) == Set(PolicyOperation.allCases))
    }

    @Test func `magnitudes are torchvision's`() throws {
        let goldens = try fixture("policy.json", as: GoldenPolicy.self).magnitudes
        #expect(goldens.count == 3)
        for golden in goldens {
            let rand = RandAugment(magnitude: golden.magnitude)
            for operation in PolicyOperation.allCases {
                let expected = try #require(golden.rand[operation.rawValue])
                let found = rand.magnitude(of: operation, height: golden.height, width: golden.width)
                #expect(abs(found - expected) <= 1e-5 * max(1, expected), "\(operation)")
                for (bin, expected) in try #require(golden.trivial[operation.rawValue]).enumerated() {
                    let found = TrivialAugmentWide().magnitude(of: operation, bin: bin)
                    #expect(abs(found - expected) <= 1e-5 * max(1, expected), "\(operation) \(bin)")
                }
            }
        }
    }

    @Test func `operations are drawn alike, and half of the signed ones are negative`() {
        let draws = 14 * 400
        for wide in [true, false] {
            var counts: [PolicyOperation: Int] = [:], negative = 0, signed = 0
            for item in 0..<draws {
                var random = Self.luck(item)
                let drawn =
                    wide
                    ? TrivialAugmentWide().draw(using: &random)
                    : RandAugment().draw(height: 100, width: 90, using: &random)
                counts[drawn.operation, default: 0] += 1
                if drawn.operation.isSigned, drawn.magnitude != 0 {
                    signed += 1
                    if drawn.magnitude < 0 { negative += 1 }
                } else {
                    #expect(drawn.magnitude >= 0)
                }
            }
            #expect(counts.count == 14)
            #expect(counts.values.allSatisfy { 300...500 ~= $0 })  // five deviations of 19
            #expect(abs(Double(negative) / Double(signed) - 0.5) < 0.04)
        }
    }

    @Test func `every magnitude of the wide policy is drawn`() {
        var turns: Set<Float> = []
        for item in 0..<14 * 500 {
            var random = Self.luck(item)
            let drawn = TrivialAugmentWide().draw(using: &random)
            if drawn.operation == .rotate { turns.insert(abs(drawn.magnitude)) }
        }
        #expect(turns.count == 31 && turns.max() == 135)
    }
}
