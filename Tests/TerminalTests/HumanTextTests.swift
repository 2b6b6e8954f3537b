import Terminal
import Testing

@Suite struct HumanTextTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (-12345, "-12,345"), (1_234_567, "1,234,567"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func `counts have commas`(count: Int, text: String) { #expect(countText(count) == text) }

    @Test(arguments: [
        (0, "0.0 s"), (0.44, "0.4 s"), (9.96, "10 s"), (59.6, "1 min"), (185, "3 min 5 s"), (3600, "1 h"),
        (7800, "2 h 10 min"), (3599.7, "1 h"), (.infinity, "?"), (-1, "?"), (1e300, "?"),
    ])
    func `durations read as a person would say them`(seconds: Double, text: String) {
        #expect(durationText(seconds) == text)
    }

    @Test(arguments: [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_440_000, "1.4 MB"), (Int.max, "9.2 EB")])
    func `sizes are in decimal units`(bytes: Int, text: String) { #expect(sizeText(bytes) == text) }

    @Test(arguments: [(0.4, 3, "0.400"), (-0.0004, 3, "0.000"), (-1.25, 1, "-1.3"), (12, 0, "12"), (0.996, 2, "1.00")])
    func `decimals are rounded to nearest`(value: Double, digits: Int, text: String) {
        #expect(decimalText(value, digits: digits) == text)
    }

    @Test(arguments: [(0.421, "0.42"), (0.996, "1.0"), (8.31, "8.3"), (9.97, "10"), (1204.4, "1,204")])
    func `rates have as many digits as they deserve`(rate: Double, text: String) { #expect(rateText(rate) == text) }
}
