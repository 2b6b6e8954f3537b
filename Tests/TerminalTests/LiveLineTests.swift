import Testing

@testable import Terminal

/// A screen that remembers what was written to it, and a clock that is set by hand.
private final class Screen {
    var text = ""
    var seconds = 0.0

    func line(isTerminal: Bool) -> LiveLine {
        LiveLine(
            isTerminal: isTerminal, plainInterval: 10, write: { [self] in text += $0 }, now: { [self] in seconds })
    }
}

@Suite struct LiveLineTests {
    @Test func `a pipe gets plain lines at intervals, and the last one always`() {
        let screen = Screen()
        var line = screen.line(isTerminal: false)
        for step in 0..<25 {
            screen.seconds = Double(step)
            line.show("step \(step)")
        }
        line.finish()
        #expect(screen.text == "step 0\nstep 10\nstep 20\nstep 24\n")
    }

    @Test func `a terminal's line is rewritten in place`() {
        let screen = Screen()
        var line = screen.line(isTerminal: true)
        line.show("one")
        screen.seconds = 1
        line.show("two")
        line.finish()
        #expect(!screen.text.dropLast().contains("\n"))
        #expect(screen.text.hasSuffix("\r\u{1B}[2K\u{1B}[?7ltwo\u{1B}[?7h\n"))
    }

    @Test func `what is said stays above the live line`() {
        let screen = Screen()
        var line = screen.line(isTerminal: true)
        line.show("one")
        line.say("remark")
        line.show("two")
        line.finish()
        #expect(screen.text.contains("\r\u{1B}[2Kremark\n\r\u{1B}[2K"))
    }

    @Test func `control characters are spelled out`() {
        #expect(oneLine("a\nb\u{1B}[31m\r\n\t") == "a\\nb\\u{1b}[31m\\r\\n\\t")
        #expect(oneLine("blåbær 🫐") == "blåbær 🫐")
    }

    @Test func `progress tells count, share, rate and time left`() {
        let progress = ProgressLine("embedding", 5000, "pictures")
        #expect(
            progress.line(after: 1200, seconds: 10) == "embedding 1,200 of 5,000 pictures · 24 % · 120/s · 32 s left")
        #expect(progress.line(after: 0, seconds: 0) == "embedding 0 of 5,000 pictures · 0 %")
        #expect(progress.line(after: 5000, seconds: 10) == "embedding 5,000 of 5,000 pictures · 100 % · 500/s")
    }

    @Test func `a table's columns are aligned`() {
        let table = Table(["direction", "R@1"], [["text to image", "9.1"], ["back", "10.25"]])
        #expect(table.lines == ["direction        R@1", "text to image    9.1", "back           10.25"])
    }
}
