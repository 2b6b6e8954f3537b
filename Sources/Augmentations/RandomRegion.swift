import Images
import Tensors

/// Two sides that enclose a random share of `area` at random proportions, in whole pixels: `(√(area·ratio), √(area/ratio))`.
/// The logarithm of the ratio is uniform, as torchvision draws it.
func drawnSides(
    ofShare scale: ClosedRange<Float>, of area: Int, ratio: ClosedRange<Float>, using random: inout SeededRandom
) -> (Int, Int) {
    let logRatio = Float(logarithm(Double(ratio.lowerBound)))...Float(logarithm(Double(ratio.upperBound)))
    let target = Double(area) * Double(random.uniform(in: scale))
    let aspect = exponential(Double(random.uniform(in: logRatio)))
    func whole(_ area: Double) -> Int { Int(area.squareRoot().rounded(.toNearestOrEven)) }
    return (whole(target * aspect), whole(target / aspect))
}

extension Region {
    /// A region of these sides at a random place in a picture that is large enough for it.
    static func drawn(
        height: Int, width: Int, in pictureHeight: Int, _ pictureWidth: Int, using random: inout SeededRandom
    ) -> Region {
        let top = random.index(below: pictureHeight - height + 1)
        let left = random.index(below: pictureWidth - width + 1)
        return Region(top: top, left: left, height: height, width: width)
    }
}
