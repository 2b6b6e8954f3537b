import Images
import PictureFixtures
import Testing

@Suite struct ColoursTests {
    @Test func `brightness, contrast, saturation, hue and grey give Pillow's bytes`() throws {
        let golden = try fixture("colours.json", as: GoldenResults.self)
        #expect(golden.cases.count == 26)
        let source = golden.source.picture
        for result in golden.cases {
            let factor = try #require(result.factor)
            let changed =
                switch result.kind {
                case "brightness": source.brightened(by: factor)
                case "contrast": source.contrasted(by: factor)
                case "saturation": source.saturated(by: factor)
                case "hue": source.hueTurned(by: factor)
                default: source.grayscale
                }
            #expect(changed == result.picture, "\(result.kind ?? "") \(factor)")
        }
    }
}
