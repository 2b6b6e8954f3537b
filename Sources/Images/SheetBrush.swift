/// Draws a contact sheet, top to bottom.
struct SheetBrush {
    private enum Ink {
        static let paper = SIMD3<UInt8>(246, 246, 244), card = SIMD3<UInt8>(255, 255, 255)
        static let text = SIMD3<UInt8>(28, 30, 34), grey = SIMD3<UInt8>(112, 116, 124),
            rule = SIMD3<UInt8>(214, 214, 210)
    }

    private let sheet: ContactSheet
    private let large = BitmapFont(capHeight: 17), medium = BitmapFont(capHeight: 13), small = BitmapFont(capHeight: 10)
    private let margin = 24, gap = 14, inset = 8
    private(set) var canvas: Picture
    private var y = 0

    private var cardWidth: Int { sheet.side + 2 * inset }
    private var cardHeight: Int { inset + sheet.side + 8 + medium.lineHeight + 4 + 2 * small.lineHeight + 4 + inset }
    private var width: Int { 2 * margin + sheet.columns * cardWidth + (sheet.columns - 1) * gap }

    init(_ sheet: ContactSheet) {
        self.sheet = sheet
        canvas = Picture(height: 1, width: 1, filledWith: Ink.paper)
        canvas = Picture(height: height, width: width, filledWith: Ink.paper)
    }

    private var titleHeight: Int { sheet.title.isEmpty ? 0 : large.lineHeight + gap }

    private func height(of section: ContactSheet.Section) -> Int {
        let rows = (section.cells.count + sheet.columns - 1) / sheet.columns
        return (section.title.isEmpty ? 0 : gap + medium.lineHeight + 6) + rows * (cardHeight + gap)
    }

    private var height: Int { 2 * margin + titleHeight + sheet.sections.map(height).reduce(0, +) - gap }

    mutating func draw() {
        y = margin
        if !sheet.title.isEmpty {
            write(sheet.title, in: large, Ink.text, x: margin, width: width - 2 * margin)
            y += titleHeight
        }
        for section in sheet.sections { draw(section) }
    }

    private mutating func draw(_ section: ContactSheet.Section) {
        if !section.title.isEmpty {
            fill(Ink.rule, top: y, left: margin, height: 1, width: width - 2 * margin)
            y += gap
            let end = write(section.title, in: medium, Ink.text, x: margin, width: width - 2 * margin)
            let left = end + 2 * medium.advance
            write(section.remark, in: medium, Ink.grey, x: left, width: width - margin - left)
            y += medium.lineHeight + 6
        }
        for (i, cell) in section.cells.enumerated() {
            let column = i % sheet.columns
            draw(cell, left: margin + column * (cardWidth + gap))
            if column == sheet.columns - 1 || i == section.cells.count - 1 { y += cardHeight + gap }
        }
    }

    private mutating func draw(_ cell: ContactSheet.Cell, left: Int) {
        let top = y
        fill(Ink.rule, top: top, left: left, height: cardHeight, width: cardWidth)
        fill(Ink.card, top: top + 1, left: left + 1, height: cardHeight - 2, width: cardWidth - 2)
        let longest = max(cell.picture.height, cell.picture.width)
        let shown = cell.picture.resized(longerSide: min(sheet.side, 2 * longest))
        canvas.draw(
            shown, top: top + inset + (sheet.side - shown.height) / 2,
            left: left + inset + (sheet.side - shown.width) / 2)
        y = top + inset + sheet.side + 8
        write(cell.heading, in: medium, Ink.text, x: left + inset, width: sheet.side)
        y += medium.lineHeight + 4
        for line in Self.lines(of: cell.label, length: small.characters(in: sheet.side), count: 2) {
            write(line, in: small, Ink.grey, x: left + inset, width: sheet.side)
            y += small.lineHeight + 2
        }
        y = top
    }

    private mutating func fill(_ colour: SIMD3<UInt8>, top: Int, left: Int, height: Int, width: Int) {
        canvas.draw(Picture(height: height, width: width, filledWith: colour), top: top, left: left)
    }

    /// Writes one line from `x`, at most `width` long; gives the place where it ends.
    @discardableResult private mutating func write(
        _ text: String, in font: BitmapFont, _ colour: SIMD3<UInt8>, x: Int, width: Int
    ) -> Int {
        var left = x
        for character in Self.cut(text, to: font.characters(in: width)) {
            let ink = font.ink(character)
            for (i, strength) in ink.enumerated() where strength > 0 {
                let row = y + i / font.advance, column = left + i % font.advance
                let under = canvas[row: row, column: column]
                var mixed = SIMD3<UInt8>()
                for c in 0..<3 {
                    mixed[c] = UInt8((Int(colour[c]) * Int(strength) + Int(under[c]) * (255 - Int(strength))) / 255)
                }
                canvas[row: row, column: column] = mixed
            }
            left += font.advance
        }
        return left
    }

    /// The text, or as much of it as leaves room for two dots.
    static func cut(_ text: String, to length: Int) -> String {
        let line = String(text.map { $0.isWhitespace ? " " : $0 })
        return line.count <= length ? line : String(line.prefix(max(length - 2, 0))) + String("..".prefix(length))
    }

    /// The text in at most `count` lines of `length` characters, broken at spaces where there are some.
    static func lines(of text: String, length: Int, count: Int) -> [String] {
        guard length > 0 else { return [] }
        var lines: [String] = []
        var rest = Substring(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        while !rest.isEmpty, lines.count < count - 1, rest.count > length {
            let head = rest.prefix(length + 1)
            let space = head.lastIndex(of: " ").map { rest.distance(from: rest.startIndex, to: $0) } ?? length
            lines.append(String(rest.prefix(space)))
            rest = rest.dropFirst(space).drop { $0 == " " }
        }
        return rest.isEmpty ? lines : lines + [cut(String(rest), to: length)]
    }
}
