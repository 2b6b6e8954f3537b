extension MappedFile {
    /// A copy of all bytes; for files that are small or are parsed as a whole.
    package func copy() -> [UInt8] { read { $0.bytes(0..<$0.byteCount) } }
}
