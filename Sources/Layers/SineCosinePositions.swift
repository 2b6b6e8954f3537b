import Foundation

/// Rows for the places of a square grid that tell column and line by sines and cosines.
///
/// Vaswani et al. 2017, section 3.5, once for each axis, as He et al. 2022 (MAE) lay out pictures: of each row a quarter is
/// the sine and a quarter the cosine of the column's angles `column · 100^(−i / quarter)`, the rest those of the line. The
/// slowest wave is 100 times as long as the fastest, not 10,000 times: on 8 × 8 places half of those would stand still.
///
/// - Parameters:
///   - side: Places along each side.
///   - width: Floats of a row. What four does not divide of it stays zero.
/// - Returns: `[1 + side · side, width]`, line by line, behind a row of zeros for the class token.
package func sineCosinePositions(side: Int, width: Int) -> [Float] {
    let quarter = width / 4, frequencies = (0..<quarter).map { pow(100, -Double($0) / Double(quarter)) }
    var rows = [Float](repeating: 0, count: (1 + side * side) * width)
    for line in 0..<side {
        for column in 0..<side {
            let row = (1 + line * side + column) * width
            for (first, place) in [(row, column), (row + 2 * quarter, line)] {
                for (i, frequency) in frequencies.enumerated() {
                    let angle = Double(place) * frequency
                    rows[first + i] = Float(sin(angle))
                    rows[first + quarter + i] = Float(cos(angle))
                }
            }
        }
    }
    return rows
}
