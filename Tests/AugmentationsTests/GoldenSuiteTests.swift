import Augmentations
import Foundation
import Images
import PictureFixtures
import Processor
import Tensors
import Testing

/// What Pillow and torchvision make of one picture; `scripts/golden-images/suite.py` wrote it and says what the words mean.
private struct GoldenEntry: Decodable, Sendable, CustomTestStringConvertible {
    var name: String, height: Int, width: Int, pixels: String
    /// Checksums of what is exact, by words.
    var same: [String: String]
    /// The middles, at most 4 × 4 pixels, of what is rounded from floats.
    var near: [String: Data]

    var testDescription: String { name }
    var isReal: Bool { name.hasPrefix("real/") }

    /// The picture's own file; empty where it is generated.
    func file() throws -> [UInt8] { try isReal ? fixtureBytes(name) : [] }

    func picture() throws -> Picture {
        if isReal { return try Picture(file()) }
        return .generated(try #require(Int(name.dropFirst("generated ".count))))
    }

    static let all: [GoldenEntry] = {
        struct Suite: Decodable { var pictures: [GoldenEntry] }
        do {
            return try fixture("suite.json", as: Suite.self).pictures
        } catch {
            Issue.record("cannot read suite.json: \(error)")
            return []
        }
    }()
}

/// The words that name a result, one after the other.
private struct Words {
    private var rest: ArraySlice<Substring>

    init(_ text: String) { rest = text.split(separator: " ")[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func text() throws -> String {
        let word = rest.popFirst()
        return String(try #require(word))
    }

    mutating func int() throws -> Int { try value { Int($0) } }
    mutating func double() throws -> Double { try value { Double($0) } }
    mutating func float() throws -> Float { try value { Float($0) } }
    mutating func filter() throws -> ResizeFilter { try value { ResizeFilter(rawValue: $0) } }

    mutating func value<Value>(_ read: (String) -> Value?) throws -> Value {
        let word = try text(), value = read(word)
        return try #require(value, "found \(word)")
    }
}

extension GoldenEntry {
    /// The bytes of what the words name.
    func made(_ text: String, of picture: Picture) throws -> [UInt8] {
        var words = Words(text)
        switch try words.text() {
        case "reduced": return try Picture(file(), atLeast: words.int()).pixels
        case "patches": return try patches(&words, of: picture)
        case "jitter": return try jittered(&words, picture).pixels
        case "grey": return picture.grayscale.pixels
        case "policy":
            let operation = try words.value { PolicyOperation(rawValue: $0) }, magnitude = try words.float()
            let filter = try words.value { WarpFilter(rawValue: $0) }, fill = try words.value { UInt8($0) }
            return operation.apply(magnitude, to: picture, filter: filter, fill: fill).pixels
        default: return try resized(text, picture).pixels
        }
    }

    private func resized(_ text: String, _ picture: Picture) throws -> Picture {
        var words = Words(text)
        let kind = try words.text(), filter = try words.filter(), first = try words.int(), second = try words.int()
        switch kind {
        case "resize": return picture.resized(height: first, width: second, filter: filter)
        case "tensor": return picture.resized(height: first, width: second, filter: filter, arithmetic: .tensors)
        case "middle": return picture.resizedAndCenterCropped(first, shorterSide: second, filter: filter)
        case "tensor-middle":
            return picture.resizedAndCenterCropped(first, shorterSide: second, filter: filter, arithmetic: .tensors)
        case "part":
            let top = try words.double(), bottom = try words.double()
            let left = try words.double(), right = try words.double()
            return picture.resized(
                rows: top..<bottom, columns: left..<right, height: first, width: second, filter: filter)
        case "crop":
            let region = Region(top: second, left: try words.int(), height: try words.int(), width: try words.int())
            return picture.resized(region, height: first, width: first, filter: filter, isFlipped: try words.int() == 1)
        default: throw UnknownWords(text: text)
        }
    }

    /// Little-endian floats, `[patches, 3 · patchSize²]`.
    private func patches(_ words: inout Words, of picture: Picture) throws -> [UInt8] {
        let filter = try words.filter(), side = try words.int()
        let preprocessing = Preprocessing(side: side, interpolation: filter)
        let layout = PatchLayout(side: side, patchSize: try words.int())
        var rows = [Float](repeating: .nan, count: layout.patches * layout.rowWidth), target = rows.mutableSpan
        var none = SeededRandom(seed: 0, purpose: .augmentation)  // not drawn from
        [any Augmentation].evaluation(preprocessing)
            .writePatches(of: picture, layout, preprocessing, using: &none, into: &target)
        return rows.flatMap { row in (0..<4).map { UInt8(truncatingIfNeeded: row.bitPattern >> (8 * $0)) } }
    }

    private func jittered(_ words: inout Words, _ picture: Picture) throws -> Picture {
        var picture = picture
        while !words.isEmpty {
            let name = try words.text(), factor = try words.float()
            switch name {
            case "brightness": picture.brighten(by: factor)
            case "contrast": picture.contrast(by: factor)
            case "saturation": picture.saturate(by: factor)
            case "hue": picture.turnHue(by: factor)
            default: throw UnknownWords(text: name)
            }
        }
        return picture
    }

    /// The same for what is rounded from floats.
    func nearlyMade(_ text: String, of picture: Picture) throws -> Picture {
        var words = Words(text)
        switch try words.text() {
        case "blur":
            let kernelSize = try words.int()
            return picture.blurred(sigma: try words.float(), kernelSize: kernelSize)
        case "float":
            let filter = try words.filter(), height = try words.int(), width = try words.int()
            return picture.resized(height: height, width: width, filter: filter, arithmetic: .floats)
        default: throw UnknownWords(text: text)
        }
    }
}

private struct UnknownWords: Error { var text: String }

@Suite struct GoldenSuiteTests {
    @Test func `there are 200 generated pictures and 50 real ones`() {
        let real = GoldenEntry.all.filter(\.isReal)
        #expect(real.count == 50 && GoldenEntry.all.count == 250)
    }

    @Test func `there is every kind of result, and every operation of the policies`() {
        let results = GoldenEntry.all.flatMap { [String]($0.same.keys) + $0.near.keys }
        let words = results.map { $0.split(separator: " ") }
        #expect(
            Set(words.map { $0[0] }) == [
                "resize", "part", "tensor", "tensor-middle", "middle", "patches", "crop", "jitter", "grey", "policy",
                "reduced", "blur", "float",
            ])
        let operations = Set(words.filter { $0[0] == "policy" }.map { String($0[1]) })
        #expect(operations == Set(PolicyOperation.allCases.map(\.rawValue)))
    }

    @Test(arguments: GoldenEntry.all) fileprivate func `a picture is the one that the reference saw`(
        entry: GoldenEntry
    ) throws {
        let picture = try entry.picture()
        #expect(picture.height == entry.height && picture.width == entry.width)
        #expect(checksum(picture.pixels) == entry.pixels)
    }

    @Test(arguments: InstructionLevel.available, GoldenEntry.all)
    fileprivate func `a picture becomes the bytes of Pillow and torchvision`(level: String, entry: GoldenEntry) throws {
        let picture = try entry.picture()
        #expect(entry.same.count >= 11)
        try InstructionLevel.with(level) {
            for (words, expected) in entry.same {
                let made = try entry.made(words, of: picture)
                #expect(checksum(made) == expected, "\(words)")
            }
        }
    }

    @Test(arguments: GoldenEntry.all) fileprivate func `what is rounded from floats is at most one level off`(
        entry: GoldenEntry
    ) throws {
        let picture = try entry.picture()
        for (words, expected) in entry.near {
            let made = try entry.nearlyMade(words, of: picture)
            let height = min(4, made.height), width = min(4, made.width)
            let middle = made.cropped(
                top: (made.height - height) / 2, left: (made.width - width) / 2, height: height, width: width)
            let reference = Picture(height: height, width: width, pixels: Array(expected))
            let difference = try #require(middle.largestDifference(to: reference))
            #expect(difference <= 1, "\(words)")
        }
    }
}
