/// A whole number with commas: 12345 gives "12,345".
public func countText(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var text = ""
    for (place, digit) in digits.enumerated() {
        if place > 0 && (digits.count - place) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return (count < 0 ? "-" : "") + text
}

/// A length of time: "0.4 s", "42 s", "3 min 5 s", "2 h 10 min".
public func durationText(_ seconds: Double) -> String {
    guard seconds.isFinite && seconds >= 0 else { return "?" }
    if seconds < 9.95 { return decimalText(seconds, digits: 1) + " s" }
    guard seconds < 1e12 else { return "?" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s" }
    let minutes = (whole + 30) / 60
    return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
}

/// A size in decimal units: "512 B", "1.4 MB".
public func sizeText(_ bytes: Int) -> String {
    var value = Double(bytes), unit = 0
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    while value >= 999.5 && unit < units.count - 1 {
        value /= 1000
        unit += 1
    }
    return (unit == 0 || value >= 99.95 ? "\(Int(value.rounded()))" : decimalText(value, digits: 1)) + " " + units[unit]
}

/// A number of things a second, with as many digits as it deserves: "0.42", "8.3", "1,204".
public func rateText(_ rate: Double) -> String {
    guard rate.isFinite && rate < 1e15 else { return "?" }
    if rate < 0.995 { return decimalText(rate, digits: 2) }
    return rate < 9.95 ? decimalText(rate, digits: 1) : countText(Int(rate.rounded()))
}

/// `value` with exactly `digits` digits behind the point, rounded to nearest: 0.5 with 3 gives "0.500".
public func decimalText(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let whole = Int(scaled)
    let text = String(whole), padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    let sign = value < 0 && whole > 0 ? "-" : ""
    return sign + (digits == 0 ? padded : "\(padded.dropLast(digits)).\(padded.suffix(digits))")
}
