import Foundation

/// One line on stderr that is rewritten in place; where stderr is no terminal, plain lines at longer intervals.
///
/// A terminal is told not to wrap while the line is written, so that it is cut at the window's edge whatever its width.
public struct LiveLine {
    private let isTerminal: Bool
    private let interval: Double  // seconds between two shows
    private let write: (String) -> Void
    private let now: () -> Double  // seconds
    private var lastShown = -Double.infinity
    private var pending: String?  // the latest text, if it was not shown
    private var isOpen = false  // a live line stands at the cursor

    /// A live line on stderr: ten times a second at most on a terminal, else one line every `plainInterval` seconds.
    public init(plainInterval: Double = 10) {
        let start = ContinuousClock.now
        self.init(
            isTerminal: isatty(STDERR_FILENO) == 1, plainInterval: plainInterval,
            write: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) },
            now: { (ContinuousClock.now - start) / .seconds(1) })
    }

    init(
        isTerminal: Bool, plainInterval: Double, write: @escaping (String) -> Void, now: @escaping () -> Double
    ) {
        self.isTerminal = isTerminal
        interval = isTerminal ? 0.1 : plainInterval
        self.write = write
        self.now = now
    }

    /// Shows `text` in place of what was shown before, or keeps it for later if too little time has passed.
    public mutating func show(_ text: String) {
        let time = now()
        guard time - lastShown >= interval else {
            pending = text
            return
        }
        lastShown = time
        pending = nil
        draw(oneLine(text))
    }

    /// Says a line that stays; the live line goes on below it.
    public mutating func say(_ text: String) {
        if isOpen { write("\r\u{1B}[2K") }
        isOpen = false
        write(text + "\n")
        lastShown = isTerminal ? -.infinity : lastShown
    }

    /// Leaves the last text on the screen and goes to the next line.
    public mutating func finish() {
        if let text = pending { draw(oneLine(text)) }
        pending = nil
        if isOpen { write("\n") }
        isOpen = false
    }

    private mutating func draw(_ text: String) {
        guard isTerminal else { return write(text + "\n") }
        write("\r\u{1B}[2K\u{1B}[?7l\(text)\u{1B}[?7h")
        isOpen = true
    }
}
