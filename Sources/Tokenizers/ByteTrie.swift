/// Strings by their bytes, to find those that a text goes on with.
struct ByteTrie: Sendable {
    private var next: [UInt64: Int32] = [:]  // node << 8 | byte → node
    private var values: [Int32] = [-1]  // by node; -1 where nothing ends

    /// Adds an entry, in place of one of the same bytes.
    mutating func insert(_ entry: some Sequence<UInt8>, _ value: Int32) {
        var node: Int32 = 0
        for byte in entry {
            let step = Self.step(node, byte)
            if let known = next[step] {
                node = known
            } else {
                next[step] = Int32(values.count)
                node = Int32(values.count)
                values.append(-1)
            }
        }
        values[Int(node)] = value
    }

    /// Calls `body` with the end and the value of every entry that begins at `start`, the shortest first.
    func forEachEntry(in text: borrowing [UInt8], from start: Int, to limit: Int, _ body: (Int, Int32) -> Void) {
        var node: Int32 = 0, place = start
        while place < limit, let following = next[Self.step(node, text[place])] {
            node = following
            place += 1
            if values[Int(node)] >= 0 { body(place, values[Int(node)]) }
        }
    }

    /// The end and the value of the longest entry that begins at `start`.
    func longest(in text: borrowing [UInt8], from start: Int, to limit: Int) -> (end: Int, value: Int32)? {
        var found: (Int, Int32)?
        forEachEntry(in: text, from: start, to: limit) { found = ($0, $1) }
        return found
    }

    private static func step(_ node: Int32, _ byte: UInt8) -> UInt64 { UInt64(node) << 8 | UInt64(byte) }
}
