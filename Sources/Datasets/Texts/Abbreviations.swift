/// What a full stop belongs to where it does not, or not always, end a sentence.
enum Abbreviations {
    /// What follows an abbreviation.
    enum Kind {
        /// The same sentence: "Dr.", "e.g.".
        case goesOn
        /// The same sentence where a number follows: "Fig.", "No.".
        case beforeNumber
        /// The same sentence unless what follows is a number or often begins one: "Inc.", "U.S.", initials.
        case mayEnd
    }

    /// What kind of abbreviation a word before a full stop is; nil if it is none.
    static func kind(of word: String) -> Kind? {
        let plain = word.lowercased()
        if goingOn.contains(plain) { return .goesOn }
        if ending.contains(plain) || isInitials(word) { return .mayEnd }
        return beforeNumbers.contains(plain) ? .beforeNumber : nil
    }

    /// Single letters with stops or hyphens between them: `J`, `J.-P`, `U.S`, `p.m`.
    private static func isInitials(_ word: String) -> Bool {
        let letters = word.split { $0 == "." || $0 == "-" }
        guard !letters.isEmpty, letters.allSatisfy({ $0.count == 1 && $0.first?.isLetter == true }) else {
            return false
        }
        return letters.count > 1 || letters[0].first?.isUppercase == true
    }

    /// Whether a number with a full stop is an ordinal, as German and its neighbours write it: "am 3. Oktober".
    static func isOrdinal(_ number: String, after previous: String, before next: String) -> Bool {
        number.count <= 2 && (articles.contains(previous.lowercased()) || counted.contains(next.lowercased()))
    }

    /// Whether a word often begins a sentence, and seldom stands inside one with a capital letter.
    static func beginsSentence(_ word: String) -> Bool { starters.contains(word.lowercased()) }

    private static func words(_ text: String) -> Set<String> { Set(text.split { $0.isWhitespace }.map(String.init)) }

    private static let goingOn = words(
        """
        mr mrs mx dr drs prof rev hon gen col lt maj capt cpt cmdr adm sgt cpl pvt sen rep gov pres messrs supt
        mme mmes mlle fr frl dott ing dipl sra srta dña mgr msgr mt
        vs v cf ca approx viz e.g i.e eg ie incl excl esp resp aka a.k.a p.ex p.e ej
        bzw ggf vgl evtl sog z.b d.h u.a u.u v.a i.d.r z.t o.ä s.o s.u zzgl inkl exkl geb gest bspw allg insb
        zb dh ua bv m.a.w d.w.z o.a bijv
        """)

    private static let beforeNumbers = words(
        """
        no nos nr nrs nº n° fig figs eq eqs vol vols p pp pg ch sec sect chap art arts abs kap bd bde tab abb ver op
        par para ex l ll ln str s ref refs app jan feb mar apr jun jul aug sep sept oct nov dec
        núm num pág págs cap lám aufl anm c
        """)

    private static let ending = words(
        """
        al ms hr ft inc ltd corp co cos bros jr sr ph.d phd m.sc b.sc m.a b.a m.d d.c st ave blvd rd dept univ assn est
        gmbh ag s.a s.p.a sig
        """)

    private static let articles = words(
        """
        der die das dem den des am im vom zum zur beim ab bis seit ein eine einen einem einer den det
        """)

    private static let counted = words(
        """
        januar jänner februar märz april mai juni juli august september oktober november dezember
        januari februari mars maj juni juli augusti marts oktober december leden ledna
        jahrhundert jahrhunderts jh weltkrieg weltkriegs lebensjahr auflage kapitel platz klasse stock mal
        """)

    private static let starters = words(
        """
        the this that these those it its he she we you they i there here his her their our my your
        a an in on at for from with by as if when while after before since until although though because once
        but and or so yet however then thus therefore moreover furthermore meanwhile instead also still even
        what who why how where which whether both each every some many most all no not one two
        is are was were do does did has have can could will would should may let please see use
        der die das ein eine es er sie wir ich du ihr man in im am auf mit für von zu bei nach vor aus wenn als aber und
        oder doch dann so dies diese dieser dieses hier da was wer wie warum wo nun auch nur sein seine ihre
        le la les un une il elle ils elles on nous vous je ce cette ces c'est dans en pour par mais et donc si quand
        el los las uno una él ella ellos esto este esta pero y con por para cuando como no hay
        lo gli i un' egli essa loro questo questa ma e con per quando come non nel nella
        het een hij zij ze wij we ik dit dat deze maar en als toen met voor
        o os as um uma ele ela eles isto mas quando não
        """)
}
