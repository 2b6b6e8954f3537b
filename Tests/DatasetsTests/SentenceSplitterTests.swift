import Testing

@testable import Datasets

@Suite struct SentenceSplitterTests {
    /// Sentences, joined by blanks where a bar stands.
    private func check(_ marked: String, joiner: String = " ", _ location: SourceLocation = #_sourceLocation) {
        let sentences = marked.split(separator: "|").map(String.init)
        #expect(
            SentenceSplitter.sentences(of: sentences.joined(separator: joiner)) == sentences, sourceLocation: location)
    }

    @Test(arguments: [
        "It rains.|We stay.", "Is it true?|Yes!|Good.", "One sentence without a stop", "Really?!|No.",
        "He left in 1999.|2000 was better.", "It cost 3.50 euros.|See version 1.2.3 of file.txt at example.org.|Done.",
    ]) func `a stop before a capital letter or a number ends a sentence`(marked: String) { check(marked) }

    @Test(arguments: [
        "Dr. Smith met Mr. and Mrs. Jones.|They talked.", "Use a tool, e.g. Perl, i.e. a language.|It works.",
        "We met Prof. Ada Byron vs. Gen. Lee.|St. Petersburg is cold.",
        "See Fig. 3 and No. 7 in Vol. II.|It is on p. 12.",
        "Smith et al. 2020 found it.|Roe v. Wade is known.", "It opened on Jan. 5 at the corner.|Nobody came.",
        "Gemüse, z.B. Kohl, bzw. Äpfel.|Das ist d.h. Obst.", "Voir p.ex. Paris.|Mme. Curie vient.",
    ]) func `an abbreviation goes on`(marked: String) { check(marked) }

    @Test(arguments: [
        "He works for Apple Inc. Chief Cook knows.", "He works for Apple Inc.|The chief knows.",
        "She lives in the U.S. Congress sits there.", "She lives in the U.S.|It is large.", "Come at 5 p.m.|We wait.",
        "They said no.|No. 5 is gone.", "A work of art.|Nothing else.", "It was in May.|Then came June.",
    ]) func `after an abbreviation that may end a sentence the next word decides`(marked: String) { check(marked) }

    @Test(arguments: [
        "J. R. R. Tolkien and George W. Bush met J.-P. Sartre.|They ate.", "Take vitamin C.|It helps.",
        "The plan was S. Freud's.|He smiled.", "We chose plan B.|There was no other.",
    ]) func `initials belong to a name`(marked: String) { check(marked) }

    @Test(arguments: [
        "He said \"Stop.\"|Then he left.", "\"Is it?\" she asked.|\"Yes.\"|He nodded.", "(It rains.)|We stay.",
        "We stay (it rains.) and read.", "“I know.”|“So do I,” she said.", "Il dit : « Bonjour ! »|Elle part.",
        "Er kam.|»Hallo«, sagte er.", "¿Qué pasa?|¡Nada!|Bien.", "It is known.[12]|Others differ.[3][4]|So it is.",
        "– Hola.|– Adiós.", "Does it run (on what ?) : Linux.|Yes.",
    ]) func `quotes, brackets and notes behind a stop belong to its sentence`(marked: String) { check(marked) }

    @Test(arguments: [
        "Well... maybe not.|We see.", "He waited…|Nothing came.", "He waited… and waited.", "Wait . . . what?|No.",
    ]) func `an ellipsis ends a sentence before a capital letter only`(marked: String) { check(marked) }

    @Test(arguments: [
        "1. Mix the flour.|2. Bake it.", "Am 3. Oktober feiern wir.|Im 19. Jahrhundert nicht.",
        "Nach dem 2. Weltkrieg kam Frieden.", "Das Spiel endete 3 zu 2.|Peter ging.",
    ]) func `a list's number and an ordinal go on`(marked: String) { check(marked) }

    @Test(arguments: ["我喜欢猫。|你呢？|好！", "「行こう。」と彼は言った。|雨が降る。", "他说：“你好。”|我们走了。", "値は３．５です。|はい。"])
    func `ideographic stops need no blank`(marked: String) { check(marked, joiner: "") }

    @Test(arguments: [
        "यह एक वाक्य है।|यह दूसरा है।", "هل هذا صحيح؟|نعم هذا صحيح.", "Это дом.|Он большой.", "Ça va ?|Oui !|Bien.",
    ])
    func `stops of other scripts and spaced ones count`(marked: String) { check(marked) }

    @Test func `text without any capital letter is cut all the same`() {
        check("the man went .|he bought milk .|e.g. this one")
    }

    @Test func `white space of any length is one blank, and lines without words are left out`() {
        let text = "  It rains\n  all day.\r\n\tWe\u{A0}stay.\n-----\n* * *\n"
        #expect(SentenceSplitter.sentences(of: text) == ["It rains all day.", "We stay."])
        #expect(SentenceSplitter.sentences(of: " \n ").isEmpty && SentenceSplitter.sentences(of: "").isEmpty)
    }

    @Test func `an apostrophe inside a word does not make an initial of its end`() { check("I DON'T.|GO NOW.") }

    @Test func `any text is cut without loss of letters`() {
        var random = SeededBits(state: 11)
        let alphabet = Array("ab.A B!?\"'«»([])… 。！1…Dr.e.g.\n—-*_").map(String.init)
        for _ in 0..<300 {
            let text = (0..<40).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }.joined()
            func letters(_ text: String) -> [Character] { text.filter { $0.isLetter || $0.isNumber }.map { $0 } }
            #expect(letters(SentenceSplitter.sentences(of: text).joined()) == letters(text), "\(text.debugDescription)")
        }
    }
}
