import Failures
import Images
import Testing

@testable import Datasets

@Suite struct ShapeSceneTests {
    @Test func `every arrangement comes exactly once before any comes again`() {
        let captions = Set((0..<ShapeScene.captionCount).map { ShapeScene(seed: 5, index: $0).caption })
        #expect(captions.count == ShapeScene.captionCount)
        #expect(ShapeScene.captionCount == 18_240)
    }

    @Test func `a scene is the same for ever`() throws {
        let scene = ShapeScene(seed: 1, index: 7)
        #expect(scene.picture() == ShapeScene(seed: 1, index: 7).picture())
        #expect(scene.picture() != ShapeScene(seed: 1, index: 7 + ShapeScene.captionCount).picture())
        #expect(scene.caption == ShapeScene(seed: 1, index: 7 + ShapeScene.captionCount).caption)
        #expect(scene.caption != ShapeScene(seed: 2, index: 7).caption)
    }

    @Test(arguments: 0..<200) func `the named thing lies where the caption says`(index: Int) {
        let scene = ShapeScene(seed: 9, index: index), picture = scene.picture(side: 64)
        let background = picture[row: 0, column: 0]
        // The mean place of all pixels that are not background, in the half that the first thing must have to itself.
        var first = (x: 0, y: 0, count: 0), second = (x: 0, y: 0, count: 0)
        for y in 0..<64 {
            for x in 0..<64 where picture[row: y, column: x] != background {
                let pixel = picture[row: y, column: x]
                let isFirst = distance(pixel, scene.first.colour.rgb) < distance(pixel, scene.second.colour.rgb)
                if isFirst { first = (first.x + x, first.y + y, first.count + 1) }
                if !isFirst { second = (second.x + x, second.y + y, second.count + 1) }
            }
        }
        guard scene.first.colour != scene.second.colour else { return }
        #expect(first.count > 20 && second.count > 20)
        guard first.count > 0, second.count > 0 else { return }
        let dx = first.x / first.count - second.x / second.count, dy = first.y / first.count - second.y / second.count
        switch scene.relation {
        case .left: #expect(dx < 0 && abs(dy) < abs(dx))
        case .right: #expect(dx > 0 && abs(dy) < abs(dx))
        case .above: #expect(dy < 0 && abs(dx) < abs(dy))
        case .below: #expect(dy > 0 && abs(dx) < abs(dy))
        }
    }

    private func distance(_ pixel: SIMD3<UInt8>, _ colour: SIMD3<Float>) -> Float {
        let difference = SIMD3(Float(pixel[0]), Float(pixel[1]), Float(pixel[2])) - colour
        return (difference * difference).sum()
    }
}

@Suite struct ShapeFolderTests {
    @Test func `the folder is a data set whose validation captions are new`() throws {
        let folder = try TestFolder()
        var shapes = ShapeFolder()
        shapes.count = 30
        shapes.validation = 10
        shapes.side = 32
        try shapes.write(to: folder.path)
        let dataset = try Dataset.open(folder.path)
        #expect(dataset.training.count == 30 && dataset.validation.count == 10)
        let held = Set(try dataset.captions(of: dataset.validation))
        let learnt = try dataset.captions(of: dataset.training)
        #expect(held.count == 10 && held.isDisjoint(with: learnt))
        let picture = try dataset.sample(at: 0).loadPicture(atLeast: nil).picture
        #expect(picture == shapes.scene(0).picture(side: 32))
    }

    @Test func `training never takes a validation caption, however many scenes there are`() {
        var shapes = ShapeFolder()
        shapes.validation = 100
        let held = Set((0..<100).map { shapes.scene($0).caption })
        for number in stride(from: 100, to: 60_000, by: 7) { #expect(!held.contains(shapes.scene(number).caption)) }
    }

    @Test func `impossible numbers are a failure`() throws {
        let folder = try TestFolder()
        var shapes = ShapeFolder()
        shapes.validation = ShapeScene.captionCount
        #expect(throws: Failure.self) { try shapes.write(to: folder.path) }
    }
}
