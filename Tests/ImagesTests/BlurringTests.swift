import Images
import PictureFixtures
import Testing

/// What torchvision makes of a Pillow picture.
private struct GoldenBlur: Decodable {
    struct Result: Decodable {
        var kernel: Int, sigma: Float, result: GoldenPicture
    }

    var source: GoldenPicture
    var results: [Result]
}

@Suite struct BlurringTests {
    @Test func `a blur is within one level of torchvision's`() throws {
        let golden = try fixture("blurring.json", as: GoldenBlur.self)
        #expect(golden.results.count == 6)
        for result in golden.results {
            let blurred = golden.source.picture.blurred(sigma: result.sigma, kernelSize: result.kernel)
            let difference = try #require(blurred.largestDifference(to: result.result.picture))
            #expect(difference <= 1, "\(result.kernel) \(result.sigma)")
        }
    }
}
