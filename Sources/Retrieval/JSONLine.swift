import Foundation

/// A value as one line of JSON, its keys in a fixed order.
func jsonLine(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(value) else { preconditionFailure("words and finite numbers can be encoded") }
    return String(decoding: line, as: UTF8.self)
}
