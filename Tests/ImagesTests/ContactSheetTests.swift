import PictureFixtures
import Testing

@testable import Images

@Suite struct ContactSheetTests {
    private func cells(_ count: Int) -> [ContactSheet.Cell] {
        (0..<count).map {
            ContactSheet.Cell(
                .scene(height: 20 + 9 * $0, width: 50, shift: 30 * $0), heading: "\($0 + 1)  0.31", label: "a caption")
        }
    }

    @Test func `a sheet has room for its columns and rows`() {
        let one = ContactSheet(title: "t", cells: cells(4), columns: 4, side: 64).picture()
        let two = ContactSheet(title: "t", cells: cells(5), columns: 4, side: 64).picture()
        #expect(one.width == 4 * (64 + 16) + 3 * 14 + 48)
        #expect(two.width == one.width)
        #expect(two.height > one.height + 64)
    }

    @Test func `a picture is shown with its own pixels where it fits`() throws {
        let picture = Picture.scene(height: 64, width: 64)
        let sheet = ContactSheet(title: "", cells: [.init(picture)], columns: 1, side: 64).picture()
        #expect(sheet.cropped(top: 24 + 8, left: 24 + 8, height: 64, width: 64) == picture)
    }

    @Test func `text leaves ink, and more text leaves more`() {
        func darkPixels(_ title: String) -> Int {
            ContactSheet(title: title, cells: cells(3), side: 64).picture().luma.filter { $0 < 90 }.count
        }
        #expect(darkPixels("ii") > darkPixels(""))
        #expect(darkPixels("WWWW") > darkPixels("ii"))
    }

    @Test func `any text and any number of pictures can be drawn`() {
        let long = String(repeating: "word ", count: 100) + "\n\tünïcode 🎈"
        for count in [0, 1, 7] {
            var all = cells(count)
            for i in all.indices { (all[i].heading, all[i].label) = (long, long) }
            let section = ContactSheet.Section(title: long, remark: long, cells: all)
            #expect(ContactSheet(title: long, sections: [section, section], columns: 3, side: 16).picture().width > 48)
        }
    }

    @Test func `every printable character has a glyph of its own`() {
        let font = BitmapFont(capHeight: 14)
        let glyphs = (33...127).map { font.ink(Character(Unicode.Scalar(UInt8($0)))) }
        #expect(Set(glyphs).count == 95)
        #expect(glyphs.allSatisfy { $0.contains { $0 > 200 } })
        #expect(font.ink(" ").allSatisfy { $0 == 0 })
        #expect(font.ink("é") == font.ink("e"))
        #expect(font.ink("e\u{301}") == font.ink("e"))
        #expect(font.ink("ÿ") == font.ink("y"))
        #expect(font.ink("漢") == font.ink("☃"))
    }

    @Test func `lines break at spaces, and what does not fit ends in dots`() {
        #expect(SheetBrush.lines(of: "a small red circle", length: 11, count: 2) == ["a small red", "circle"])
        #expect(SheetBrush.lines(of: "abcdefghijkl mnop qrs", length: 5, count: 2) == ["abcde", "fgh.."])
        #expect(SheetBrush.lines(of: "", length: 5, count: 2) == [])
        #expect(SheetBrush.lines(of: "short", length: 5, count: 2) == ["short"])
    }
}
