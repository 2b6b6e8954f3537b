import Tensors
import Testing

@Suite struct SegmentsTests {
    @Test func `segments lie one behind the other`() {
        let segments = Segments(lengths: [3, 0, 2])
        #expect(segments.starts == [0, 3, 3, 5])
        #expect(segments[2] == 3..<5)
        #expect(segments.longest == 3 && segments.rowCount == 5 && segments.count == 3)
    }

    @Test func `a shape counts rows and floats`() {
        let shape: Shape = [2, 3, 4]
        #expect(shape.count == 24 && shape.width == 4 && shape.rowCount == 6)
        #expect(Shape([]).count == 1)
    }
}
