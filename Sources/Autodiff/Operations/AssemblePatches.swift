import Kernels
import Tensors

/// The rows that a vision transformer works on: a class token and register tokens (where there are such) before the
/// patches of each picture, and the position embeddings added to all but the registers.
///
/// Dosovitskiy et al. 2021, eq. 1; Darcet et al. 2024 ("Vision transformers need registers"), section 2.2.
struct AssemblePatches: Operation {
    let patches: Tensor  // [batch · patchCount, width]
    let classToken: Tensor?  // [width]
    let registers: Tensor?  // [registerCount, width]
    let positions: Tensor  // [places, width], or one more where there is a class token
    let batch: Int
    /// Which place each row of `patches` has in its picture; where nil, a picture's rows are all of its places in order.
    let places: [Int]?

    private var width: Int { patches.width }
    private var patchCount: Int { patches.rowCount / batch }
    private var classCount: Int { classToken == nil ? 0 : 1 }
    private var registerCount: Int { registers?.rowCount ?? 0 }
    private var tokens: Int { classCount + registerCount + patchCount }
    var outputShape: Shape { [batch * tokens, width] }

    private func place(_ picture: Int, _ patch: Int) -> Int {
        places.map { $0[picture * patchCount + patch] } ?? patch
    }

    func forward(_ values: Span<Float>, into y: inout MutableSpan<Float>, saving saved: inout MutableSpan<Float>) {
        let width = width, extra = classCount + registerCount
        parallelRows(of: &y, width: width * tokens, rowsPerTask: 4) { first, rows in
            for picture in 0..<rows.count / (width * tokens) {
                for t in 0..<tokens {
                    let target = (picture * tokens + t) * width
                    if let registers, t >= classCount, t < extra {
                        let source = registers.offset + (t - classCount) * width
                        for i in 0..<width { rows[target + i] = values[source + i] }
                        continue
                    }
                    let row = t < extra ? 0 : classCount + place(first + picture, t - extra)
                    let place = positions.offset + row * width
                    let source =
                        t < extra
                        ? classToken?.offset ?? 0
                        : patches.offset + ((first + picture) * patchCount + t - extra) * width
                    for i in 0..<width { rows[target + i] = values[source + i] + values[place + i] }
                }
            }
        }
    }

    func backward(_ step: borrowing BackwardStep, _ values: Span<Float>, _ gradients: inout Gradients) {
        let width = width, extra = classCount + registerCount, shown = patchCount, rowsOfPlaces = rowsOfPlaces
        gradients.add(to: patches, positions, classToken, registers, from: step.y) {
            dy, dPatches, dPositions, dClass, dRegisters in
            parallelRows(of: &dPatches, width: shown * width, rowsPerTask: 4) { first, rows in
                for picture in 0..<rows.count / (shown * width) {
                    let source = ((first + picture) * tokens + extra) * width, target = picture * shown * width
                    rows.lend(target..<target + shown * width) {
                        addScaled(1, dy.extracting(source..<source + shown * width), to: &$0)
                    }
                }
            }
            dPositions.lend(classCount * width..<dPositions.count) { places in
                parallelRows(of: &places, width: width, rowsPerTask: 1) { place, row in
                    for source in rowsOfPlaces[place] {
                        addScaled(1, dy.extracting(source * width..<(source + 1) * width), to: &row)
                    }
                }
            }
            for picture in 0..<batch {
                let start = picture * tokens * width, classRow = dy.extracting(start..<start + classCount * width)
                addScaled(1, classRow, to: &dClass)
                dPositions.lend(0..<classCount * width) { addScaled(1, classRow, to: &$0) }
                addScaled(1, dy.extracting(start + classCount * width..<start + extra * width), to: &dRegisters)
            }
        }
    }

    /// The rows of the output that show each place.
    private var rowsOfPlaces: [[Int]] {
        let extra = classCount + registerCount
        var rows = [[Int]](repeating: [], count: positions.rowCount - classCount)
        for picture in 0..<batch {
            for patch in 0..<patchCount { rows[place(picture, patch)].append(picture * tokens + extra + patch) }
        }
        return rows
    }
}

extension Tape {
    /// Class token, registers, patches `[batch · patchCount, width]` → `[batch · tokens, width]`.
    ///
    /// `positions` has a row for the class token, where there is one, then one for each place of a picture. `places` says
    /// which of them each row of `patches` has, where these are not all in order.
    public mutating func assemblePatches(
        _ patches: Tensor, classToken: Tensor?, registers: Tensor? = nil, positions: Tensor, batch: Int,
        places: [Int]? = nil
    ) -> Tensor {
        let all = positions.rowCount - (classToken == nil ? 0 : 1)
        if let places {
            precondition(
                places.count == patches.rowCount && places.allSatisfy((0..<all).contains),
                "\(places.count) places below \(all), patches \(patches.shape)")
        } else {
            precondition(patches.rowCount == batch * all, "\(all) places a picture, patches \(patches.shape)")
        }
        return apply(
            AssemblePatches(
                patches: patches, classToken: classToken, registers: registers, positions: positions, batch: batch,
                places: places))
    }
}
