/// A text as JSON writes it.
func quoted(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\":
            json.unicodeScalars.append("\\")
            json.unicodeScalars.append(scalar)
        case "\u{0}"..<" ":
            let digits = String(scalar.value, radix: 16)
            json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: json.unicodeScalars.append(scalar)
        }
    }
    return json + "\""
}

/// A special token in Hugging Face's `added_tokens`.
func addedToken(_ name: String, _ id: Int) -> String {
    """
    {"id": \(id), "content": "\(name)", "single_word": false, "lstrip": false, "rstrip": false, \
    "normalized": false, "special": true}
    """
}
