// What settings are checked for in more than one augmentation: each gives a fault's words, or nil.

/// A probability is 0…1.
func fault(probability: Float) -> String? {
    0...1 ~= probability ? nil : "found probability \(probability), expected 0 to 1"
}

/// A side is 1…65,536 pixels.
func fault(side: Int) -> String? {
    1...65_536 ~= side ? nil : "found \(side) pixels, expected 1 to 65536"
}

/// A share of an area is above 0 and at most 1; proportions are above 0.
func fault(scale: ClosedRange<Float>, ratio: ClosedRange<Float>) -> String? {
    guard scale.lowerBound > 0, scale.upperBound <= 1 else {
        return "found scale \(scale), expected above 0 and up to 1"
    }
    return ratio.lowerBound > 0 && ratio.upperBound.isFinite ? nil : "found ratio \(ratio), expected above 0"
}
