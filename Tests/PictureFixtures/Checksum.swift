/// The CRC-32 of bytes as eight hexadecimal digits, as zlib computes it.
package func checksum(_ bytes: [UInt8]) -> String {
    let digits = String(crc32(bytes), radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}

/// The CRC-32 of bytes.
package func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var sum: UInt32 = ~0
    for byte in bytes { sum = remainders[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8) }
    return ~sum
}

/// What each byte leaves behind, by the polynomial of ISO 3309.
private let remainders: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 0 ? rest >> 1 : rest >> 1 ^ 0xEDB8_8320 }
}
