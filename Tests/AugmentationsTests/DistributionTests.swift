import Augmentations
import Images
import PictureFixtures
import Tensors
import Testing

/// What is drawn lies in the range that was asked for, with the mean and the deviation of a uniform number.
@Suite struct DistributionTests {
    private static let draws = 2000

    private static func drawn<Value>(_ draw: (inout SeededRandom) -> Value) -> [Value] {
        (0..<draws).map { item in
            var random = SeededRandom(seed: 5, purpose: .augmentation, epoch: 1, item: item)
            return draw(&random)
        }
    }

    /// Whether the numbers are uniform in `range` as far as moments tell: five deviations of their mean.
    private static func isUniform(_ numbers: [Double], in range: ClosedRange<Double>) -> Bool {
        let width = range.upperBound - range.lowerBound, deviation = width / 12.0.squareRoot()
        let count = Double(numbers.count), mean = numbers.reduce(0, +) / count
        let spread = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        return numbers.allSatisfy { range.lowerBound - 1e-6...range.upperBound + 1e-6 ~= $0 }
            && abs(mean - (range.lowerBound + range.upperBound) / 2) < 5 * deviation / count.squareRoot()
            && abs(spread - deviation) < 0.06 * width
    }

    @Test func `factors of a jitter are uniform about one, the turn about zero`() {
        let jitter = ColorJitter(brightness: 0.4, contrast: 1.5, saturation: 0.2, hue: 0.1)
        var found: [[Double]] = [[], [], [], []], first = [0, 0, 0, 0]
        for changes in Self.drawn({ jitter.draw(using: &$0) }) {
            #expect(changes.count == 4)
            for (place, change) in changes.enumerated() {
                let (kind, amount) =
                    switch change {
                    case .brightness(let factor): (0, factor)
                    case .contrast(let factor): (1, factor)
                    case .saturation(let factor): (2, factor)
                    case .hue(let turn): (3, turn)
                    }
                found[kind].append(Double(amount))
                if place == 0 { first[kind] += 1 }
            }
        }
        #expect(Self.isUniform(found[0], in: 0.6...1.4))
        #expect(Self.isUniform(found[1], in: 0...2.5))
        #expect(Self.isUniform(found[2], in: 0.8...1.2))
        #expect(Self.isUniform(found[3], in: -0.1...0.1))
        #expect(first.allSatisfy { 400...600 ~= $0 })
    }

    @Test func `a jitter of amount zero changes nothing, and the others are the same without it`() {
        let jitter = ColorJitter(brightness: 0.4, contrast: 0, saturation: 0, hue: 0)
        for changes in Self.drawn({ jitter.draw(using: &$0) }) { #expect(changes.count == 1) }
    }

    @Test func `shares of a resized crop are uniform, and so are the logarithms of its proportions`() {
        let crop = RandomResizedCrop(side: 8, scale: 0.1...0.5)
        let regions = Self.drawn { crop.region(height: 4000, width: 4000, using: &$0) }
        let shares = regions.map { Double($0.height * $0.width) / 16e6 }
        #expect(Self.isUniform(shares, in: 0.0999...0.5001))
        let ratios = regions.map { logarithm(Double($0.width) / Double($0.height)) }
        #expect(Self.isUniform(ratios, in: -0.289...0.289))
        #expect(Self.isUniform(regions.map { Double($0.top) / Double(4000 - $0.height) }, in: 0...1))
        #expect(Self.isUniform(regions.map { Double($0.left) / Double(4000 - $0.width) }, in: 0...1))
    }

    @Test func `erasing paints a rectangle of the share that was asked for`() throws {
        let picture = Picture(height: 60, width: 80, filledWith: SIMD3(200, 200, 200))
        let erasing = RandomErasing(probability: 0.5, scale: 0.1...0.3, ratio: 0.5...2)
        let results = Self.drawn { erasing.apply(to: picture, using: &$0) }.filter { $0 != picture }
        #expect(abs(Double(results.count) / Double(Self.draws) - 0.5) < 0.06)
        var shares: [Double] = []
        for result in results {
            let painted = (0..<60 * 80).filter { result.pixels[3 * $0] == 0 }
            let rows = painted.map { $0 / 80 }, columns = painted.map { $0 % 80 }
            let height = try #require(rows.max()) - #require(rows.min()) + 1
            let width = try #require(columns.max()) - #require(columns.min()) + 1
            #expect(height * width == painted.count)  // nothing else is painted
            #expect(0.45...2.2 ~= Double(height) / Double(width))
            shares.append(Double(painted.count) / 4800)
        }
        #expect(Self.isUniform(shares, in: 0.095...0.305))
    }

    @Test func `erasing by lot paints each pixel in a colour of its own`() {
        let picture = Picture(height: 40, width: 40, filledWith: SIMD3(200, 200, 200))
        var random = SeededRandom(seed: 1, purpose: .augmentation)
        let painted = RandomErasing(probability: 1, scale: 0.5...0.5, ratio: 1...1, fill: nil)
            .apply(to: picture, using: &random)
        let colours = stride(from: 0, to: painted.pixels.count, by: 3)
            .map { Array(painted.pixels[$0..<$0 + 3]) }.filter { $0 != [200, 200, 200] }
        #expect(colours.count == 28 * 28 && Set(colours).count > 750)
        let sum = colours.joined().reduce(0) { $0 + Int($1) }
        #expect(abs(Double(sum) / Double(3 * colours.count) - 127.5) < 8)
    }

    @Test func `deviations of a blur are uniform`() {
        // The brightest pixel of a blurred dot tells the deviation: the more it is blurred, the darker.
        var dot = Picture(height: 15, width: 15, filledWith: .zero)
        dot[row: 7, column: 7] = SIMD3(repeating: 255)
        let blur = GaussianBlur(kernelSize: 15, sigma: 0.6...1.4, probability: 1)
        let peaks = Self.drawn { blur.apply(to: dot, using: &$0)[row: 7, column: 7][0] }
        let weakest = dot.blurred(sigma: 0.6, kernelSize: 15)[row: 7, column: 7][0]
        let middle = dot.blurred(sigma: 1, kernelSize: 15)[row: 7, column: 7][0]
        let strongest = dot.blurred(sigma: 1.4, kernelSize: 15)[row: 7, column: 7][0]
        #expect(peaks.allSatisfy { strongest...weakest ~= $0 })
        #expect(abs(Double(peaks.count { $0 > middle }) / Double(Self.draws) - 0.5) < 0.06)
    }

    @Test(arguments: [Float(0), 0.2, 1]) func `what happens by chance happens as often as asked`(probability: Float) {
        let picture = Picture.scene(height: 6, width: 6)
        let chances: [any Augmentation] = [
            RandomFlip(probability: probability), RandomGrayscale(probability: probability),
            RandomSolarize(probability: probability),
            GaussianBlur(kernelSize: 3, sigma: 1...2, probability: probability),
            RandomErasing(probability: probability, scale: 0.2...0.3, ratio: 1...1, fill: 7),
            ColorJitter(brightness: 0.9, contrast: 0, saturation: 0, hue: 0, probability: probability),
        ]
        for chance in chances {
            let count = Self.drawn { chance.apply(to: picture, using: &$0) }.count { $0 != picture }
            // A jitter may be too weak to change a byte.
            #expect(abs(Float(count) / Float(Self.draws) - probability) < 0.06, "\(chance)")
        }
    }
}
