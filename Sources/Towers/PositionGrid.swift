import Autodiff

/// Rows for the places of a square grid, with one row before them or none: positions, as a picture tower stores them.
struct PositionGrid: Equatable {
    /// Places along each side.
    let side: Int
    /// Rows before the grid: that of the class token.
    let extra: Int

    init(side: Int, extra: Int) { (self.side, self.extra) = (side, extra) }

    /// The grid of so many rows; nil where neither they nor they without one are a square.
    init?(rows: Int) {
        for extra in [0, 1] {
            let side = Int(Double(max(rows - extra, 0)).squareRoot().rounded())
            guard side > 0, side * side + extra == rows else { continue }
            (self.side, self.extra) = (side, extra)
            return
        }
        return nil
    }

    /// What each row for another grid is made of: `extra + target.side²` rows, those before the grid as they are.
    ///
    /// Cubic convolution with a = −0.75, the centres of places half a step from the edge, edges repeated: PyTorch's
    /// `interpolate(mode="bicubic", align_corners=False)`, as DINOv2 and transformers resize positions. Keys 1981, eq. 15.
    func shares(for target: PositionGrid) -> [[RowShare]] {
        let taps = (0..<target.side).map { Self.taps(at: $0, from: side, to: target.side) }
        var shares = (0..<extra).map { [RowShare(row: $0, weight: 1)] }
        for lines in taps {
            for columns in taps {
                var place: [RowShare] = []
                for (line, weight) in lines {
                    for (column, share) in columns {
                        place.append(RowShare(row: extra + line * side + column, weight: weight * share))
                    }
                }
                shares.append(place)
            }
        }
        return shares
    }

    /// `rows` `[extra + side², width]` for the places of another grid: `[extra + target.side², width]`.
    func resized(_ rows: [Float], to target: PositionGrid) -> [Float] {
        let width = rows.count / (extra + side * side)
        var result: [Float] = []
        for shares in shares(for: target) {
            for i in 0..<width {
                var sum: Float = 0
                for share in shares { sum += share.weight * rows[share.row * width + i] }
                result.append(sum)
            }
        }
        return result
    }

    /// The four places that a place of the new grid is made of, and their weights.
    private static func taps(at place: Int, from old: Int, to new: Int) -> [(Int, Float)] {
        let centre = (Float(place) + 0.5) * Float(old) / Float(new) - 0.5
        let first = centre.rounded(.down), t = centre - first, a: Float = -0.75
        func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
        func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return zip(-1...2, [far(t + 1), near(t), near(1 - t), far(2 - t)]).map { offset, weight in
            (min(max(Int(first) + offset, 0), old - 1), weight)
        }
    }
}
