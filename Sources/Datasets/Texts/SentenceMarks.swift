/// What signs are for.
enum SentenceMarks {
    /// Ends sentences, where the rules do not say otherwise.
    static func isStop(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar == "." || scalar == "!" || scalar == "?" }
        return "…‽‼⁇⁈⁉؟۔։።፧।॥".unicodeScalars.contains(scalar) || isWide(scalar)
    }

    /// Ends a sentence without a blank behind it.
    static func isWide(_ scalar: Unicode.Scalar) -> Bool { !scalar.isASCII && "。！？｡．".unicodeScalars.contains(scalar) }

    static func isCloser(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? "\"')]}*_".unicodeScalars.contains(scalar) : "”’“»›」』）】》〉｝］".unicodeScalars.contains(scalar)
    }

    static func isOpener(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? "\"'([{<*_#`".unicodeScalars.contains(scalar) : "“”‘„‚«»‹›¿¡「『（【《〈".unicodeScalars.contains(scalar)
    }

    /// Stands inside a sentence, or ends it still.
    static func goesOn(_ scalar: Unicode.Scalar) -> Bool { ",;:)]}".unicodeScalars.contains(scalar) || isStop(scalar) }

    static func isDash(_ scalar: Unicode.Scalar) -> Bool { "-–—―•·".unicodeScalars.contains(scalar) }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? scalar == " " || (9...13).contains(scalar.value) : scalar.properties.isWhitespace
    }

    static func isHiragana(_ scalar: Unicode.Scalar) -> Bool { (0x3040...0x309F).contains(scalar.value) }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }

    var isUpper: Bool { isASCII ? ("A"..."Z").contains(self) : properties.isUppercase }

    var isLetterOrDigit: Bool {
        isASCII
            ? isDigit || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
            : properties.isAlphabetic || properties.numericType != nil
    }
}
