/// One thing that went wrong, said in one line: what, where, why, and what to do.
public struct Failure: Error, Sendable, Equatable {
    /// What sort of thing went wrong. The raw value is the exit code, as in `sysexits.h`.
    public enum Kind: Int32, Sendable {
        case badData = 65
        case missingInput = 66
        case unsupportedProcessor = 69
        case bug = 70
        case cannotWrite = 73
        case readWrite = 74
        case badSettings = 78
        case interrupted = 130
    }

    /// What sort of thing went wrong; decides the exit code.
    public var kind: Kind
    /// What could not be done: "cannot open index".
    public var what: String
    /// Where: the user's own path, with a line number where there is one.
    public var place: String
    /// Why, with the numbers that disagree: "found 512, expected 768".
    public var why: String
    /// What the user can do about it.
    public var remedy: String

    /// A failure whose line reads "`what`: `place`: `why`; `remedy`".
    public init(_ kind: Kind, _ what: String, at place: String, because why: String, try remedy: String) {
        self.kind = kind
        self.what = what
        self.place = place
        self.why = why
        self.remedy = remedy
    }

    /// The one line that a person reads.
    public var line: String { "\(what): \(place): \(why); \(remedy)" }
}
