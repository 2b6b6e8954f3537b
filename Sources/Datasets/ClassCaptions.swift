/// Captions for data that has classes only.
enum ClassCaptions {
    /// One caption a template, `{}` replaced by the class; "a {}" becomes "an" before a vowel.
    static func captions(_ name: String, _ templates: [String]) -> [String] {
        let word = String(name.map { $0 == "_" || $0 == "-" ? " " : $0 }).trimmed
        let needsN = word.lowercased().first.map { "aeiou".contains($0) } ?? false
        return templates.map { template in
            let template = needsN ? template.replacing(" a {}", with: " an {}") : template
            return template.replacing("{}", with: word)
        }.withoutRepeats
    }
}
