/// Rotations of neighbouring rows, in the order in which they happen.
struct Rotations {
    private var rows: [Int32] = []
    private var cosines: [Double] = [], sines: [Double] = []

    /// Turns row `i` into `c·row − s·next`, and the next into `s·row + c·next`.
    mutating func append(row: Int, cosine: Double, sine: Double) {
        rows.append(Int32(row))
        cosines.append(cosine)
        sines.append(sine)
    }

    /// Rotates the rows of `matrix`, `[order, order]`: strips of eight columns, each by one thread.
    func apply(to matrix: inout [Double], order n: Int) {
        unsafe matrix.withUnsafeMutableBufferPointer { matrix in
            guard let base = matrix.baseAddress else { return }
            // Sound: every task writes columns of its own, and all have ended before the pointer does.
            parallelFor((n + 7) / 8) { strip in
                let first = strip * 8, width = min(8, n - first)
                var columns = [SIMD8<Double>](repeating: .zero, count: n)
                for i in 0..<n { for j in 0..<width { unsafe columns[i][j] = base[i * n + first + j] } }
                for r in rows.indices {
                    let i = Int(rows[r]), row = columns[i], next = columns[i + 1]
                    columns[i] = cosines[r] * row - sines[r] * next
                    columns[i + 1] = sines[r] * row + cosines[r] * next
                }
                for i in 0..<n { for j in 0..<width { unsafe base[i * n + first + j] = columns[i][j] } }
            }
        }
    }
}

extension Tridiagonal {
    /// Makes T diagonal by implicit QL steps with Wilkinson's shift, and gives the rotations Z for which `Zᵀ·T·Z` is
    /// what `diagonal` then holds; applied to rows, they multiply these by `Zᵀ` from the left.
    ///
    /// Dubrulle, Martin & Wilkinson 1968, "The implicit QL algorithm", procedure `imtql2`.
    mutating func diagonalise() -> Rotations {
        var rotations = Rotations()
        for l in diagonal.indices {
            var steps = 0
            while case let end = blockEnd(from: l), end > l {
                precondition(steps < 300, "no eigenvalue after \(steps) steps of QL")
                stepQL(l...end, &rotations)
                steps += 1
            }
        }
        return rotations
    }

    /// The last row of the block that begins at `l` and that no negligible number beside the diagonal divides.
    private func blockEnd(from l: Int) -> Int {
        var end = l
        while end < diagonal.count - 1 {
            let size = diagonal[end].magnitude + diagonal[end + 1].magnitude
            if offDiagonal[end].magnitude <= .ulpOfOne * size { break }
            end += 1
        }
        return end
    }

    /// One step: a bulge is chased from the block's end to its beginning.
    private mutating func stepQL(_ block: ClosedRange<Int>, _ rotations: inout Rotations) {
        let (l, end) = (block.lowerBound, block.upperBound)
        let slope = (diagonal[l + 1] - diagonal[l]) / (2 * offDiagonal[l])
        let root = (slope * slope + 1).squareRoot()
        let shift = diagonal[l] - offDiagonal[l] / (slope + (slope < 0 ? -root : root))
        var g = diagonal[end] - shift, sine = 1.0, cosine = 1.0, moved = 0.0
        for i in (l..<end).reversed() {
            let f = sine * offDiagonal[i], b = cosine * offDiagonal[i]
            let length = (f * f + g * g).squareRoot()
            offDiagonal[i + 1] = length
            guard length > 0 else {  // the block falls apart here
                diagonal[i + 1] -= moved
                offDiagonal[end] = 0
                return
            }
            (sine, cosine) = (f / length, g / length)
            g = diagonal[i + 1] - moved
            let r = (diagonal[i] - g) * sine + 2 * cosine * b
            moved = sine * r
            diagonal[i + 1] = g + moved
            g = cosine * r - b
            rotations.append(row: i, cosine: cosine, sine: sine)
        }
        diagonal[l] -= moved
        offDiagonal[l] = g
        offDiagonal[end] = 0
    }
}
