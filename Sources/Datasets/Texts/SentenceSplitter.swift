/// Cuts running text into sentences by rules, for European languages, and for those that end a sentence with a sign of
/// their own: Chinese, Japanese, Hindi, Arabic, Urdu, Amharic, Armenian.
///
/// A full stop ends a sentence unless a small letter follows, or what stands before it is an abbreviation, an initial,
/// an ordinal or a list's number; `Abbreviations` knows these. After abbreviations that may also end a sentence
/// ("Inc.", "U.S."), a word that often begins one decides, as in Kiss and Strunk 2006 ("Unsupervised multilingual
/// sentence boundary detection"), section 4.
struct SentenceSplitter {
    private let scalars: [Unicode.Scalar]  // white space of any length is one blank, and there is none at the ends
    private let isCased: Bool  // whether small letters say that a sentence goes on
    private var sentences: [String] = []
    private var start = 0

    /// The sentences of a text; white space of any length, also line ends, is one blank. What holds neither letter nor
    /// digit, such as a line of dashes, is left out.
    static func sentences(of text: String) -> [String] {
        var splitter = SentenceSplitter(text)
        splitter.run()
        return splitter.sentences
    }

    /// Whether a line ends as a sentence does.
    static func endsSentence(_ line: String) -> Bool {
        line.unicodeScalars.last { !SentenceMarks.isCloser($0) && !$0.properties.isWhitespace }.map(
            SentenceMarks.isStop) ?? false
    }

    private init(_ text: String) {
        var scalars: [Unicode.Scalar] = [], isCased = false
        scalars.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if SentenceMarks.isSpace(scalar) {
                if scalars.last != " ", !scalars.isEmpty { scalars.append(" ") }
            } else {
                scalars.append(scalar)
                if !isCased { isCased = scalar.isUpper }
            }
        }
        if scalars.last == " " { scalars.removeLast() }
        (self.scalars, self.isCased) = (scalars, isCased)
    }

    private mutating func run() {
        var place = 0
        while place < scalars.count {
            guard SentenceMarks.isStop(scalars[place]) else {
                place += 1
                continue
            }
            let stop = Stop(at: place, in: scalars)
            place = stop.end
            if ends(stop) { cut(at: stop.end) }
        }
        cut(at: scalars.count)
    }

    private mutating func cut(at end: Int) {
        var sentence = scalars[start..<end]
        while sentence.first == " " { sentence.removeFirst() }
        while sentence.last == " " { sentence.removeLast() }
        start = end
        let says = sentence.contains { !$0.isASCII || $0.isLetterOrDigit }
        if says { sentences.append(String(String.UnicodeScalarView(sentence))) }
    }

    /// Whether a stop ends a sentence.
    private func ends(_ stop: Stop) -> Bool {
        guard stop.end < scalars.count else { return true }
        let isApart = scalars[stop.end] == " "
        if stop.kind == .wide {  // a quotation that Japanese goes on after: 「…。」と
            if scalars[stop.start] == "．" && scalars[stop.end].properties.numericType != nil { return false }
            return isApart || !stop.hasClosers || !SentenceMarks.isHiragana(scalars[stop.end])
        }
        guard isApart else { return false }
        let next = Opening(after: stop.end, in: scalars)
        guard let first = next.first else { return true }
        if SentenceMarks.goesOn(first) || (isCased && first.properties.isLowercase) { return false }
        return stop.kind != .period || endsSentence(periodAt: stop.start, before: next)
    }

    /// Whether a single full stop ends a sentence, where no small letter follows.
    private func endsSentence(periodAt place: Int, before next: Opening) -> Bool {
        let begin = wordStart(before: place), word = String(String.UnicodeScalarView(scalars[begin..<place]))
        let isFirst = begin == start || (begin == start + 1 && scalars[start] == " ")
        if word.isEmpty { return true }
        if word.unicodeScalars.allSatisfy(\.isDigit) {
            if isFirst && word.count <= 3 { return false }  // a list's number
            return !Abbreviations.isOrdinal(word, after: previousWord(before: begin), before: next.word)
        }
        switch Abbreviations.kind(of: word) {
        case .goesOn: return false
        case .beforeNumber: return !next.isNumber
        case .mayEnd: return !next.isNumber && next.beginsSentence
        case nil: return true
        }
    }

    /// Where the word that ends at `place` begins, without what opens it.
    private func wordStart(before place: Int) -> Int {
        var begin = place
        while begin > start, scalars[begin - 1] != " ", !SentenceMarks.isWide(scalars[begin - 1]),
            !opensWord(at: begin - 1)
        {
            begin -= 1
        }
        return begin
    }

    /// Whether a quote or bracket opens what follows; an apostrophe inside a word does not.
    private func opensWord(at place: Int) -> Bool {
        guard SentenceMarks.isOpener(scalars[place]) else { return false }
        let isApostrophe = scalars[place] == "'" || scalars[place] == "’"
        return !isApostrophe || place == start || scalars[place - 1] == " "
    }

    private func previousWord(before place: Int) -> String {
        var end = place
        while end > start, scalars[end - 1] == " " { end -= 1 }
        return String(String.UnicodeScalarView(scalars[wordStart(before: end)..<end]))
    }
}

/// Signs that may end a sentence, with the quotes and brackets that close behind them.
private struct Stop {
    enum Kind { case period, strong, wide }

    var start, end: Int
    var kind = Kind.period
    var hasClosers = false

    init(at place: Int, in scalars: [Unicode.Scalar]) {
        (start, end) = (place, place)
        while end < scalars.count, SentenceMarks.isStop(scalars[end]) {
            if SentenceMarks.isWide(scalars[end]) {
                kind = .wide
            } else if kind != .wide, scalars[end] != "." {
                kind = .strong
            }
            end += 1
        }
        if kind == .period && end - start > 1 { kind = .strong }  // an ellipsis
        let signs = end
        while end < scalars.count {
            if SentenceMarks.isCloser(scalars[end]) {
                end += 1
            } else if let next = Self.noteEnd(at: end, in: scalars) ?? Self.guillemetEnd(at: end, in: scalars) {
                end = next
            } else {
                break
            }
        }
        hasClosers = end > signs
    }

    /// Behind the number of a note: `stop.[12] Next`.
    private static func noteEnd(at place: Int, in scalars: [Unicode.Scalar]) -> Int? {
        guard scalars[place] == "[" else { return nil }
        let end = scalars[(place + 1)...].firstIndex { !$0.isDigit } ?? scalars.count
        return end > place + 1 && end < scalars.count && scalars[end] == "]" ? end + 1 : nil
    }

    /// Behind a French closing quote, which has a blank before it; no letter follows, as it does where the sign opens.
    private static func guillemetEnd(at place: Int, in scalars: [Unicode.Scalar]) -> Int? {
        guard place + 1 < scalars.count, scalars[place] == " ", "»›".unicodeScalars.contains(scalars[place + 1])
        else { return nil }
        return place + 2 < scalars.count && scalars[place + 2].isLetterOrDigit ? nil : place + 2
    }
}

/// What stands behind a stop: the first letter or digit of the next word, and that word.
private struct Opening {
    var first: Unicode.Scalar?
    var word = ""

    init(after place: Int, in scalars: [Unicode.Scalar]) {
        var begin = place
        while begin < scalars.count,
            scalars[begin] == " " || SentenceMarks.isOpener(scalars[begin]) || SentenceMarks.isDash(scalars[begin])
        {
            begin += 1
        }
        guard begin < scalars.count else { return }
        first = scalars[begin]
        let rest = scalars[begin...].prefix { $0.isLetterOrDigit || $0 == "'" || $0 == "’" }
        word = String(String.UnicodeScalarView(rest))
    }

    /// A number, a letter that counts, or a Roman one: what "Fig." and "No." stand before.
    var isNumber: Bool {
        word.unicodeScalars.contains(where: \.isDigit) || (word.count == 1 && word != "I" && word != "A")
            || (!word.isEmpty && word.allSatisfy { "IVXLC".contains($0) } && word != "I")
    }

    /// Whether it is a word that often begins a sentence.
    var beginsSentence: Bool { Abbreviations.beginsSentence(word) }
}
