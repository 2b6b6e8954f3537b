/// The CRC-32 of every block of a file that is written in order, so that a reader can check only what it touches.
package struct BlockChecksums {
    private let blockSize: Int
    private var block = Fingerprint()
    private var finished: [UInt32] = []

    /// Checksums of blocks of `blockSize` bytes; the last block may be shorter.
    package init(blockSize: Int) { self.blockSize = blockSize }

    /// Takes in further bytes of the file.
    package mutating func append(_ bytes: RawSpan) {
        var offset = 0
        while offset < bytes.byteCount {
            let n = min(blockSize - block.count, bytes.byteCount - offset)
            block.append(bytes.extracting(offset..<offset + n))
            offset += n
            if block.count == blockSize {
                finished.append(block.crc32Value)
                block = Fingerprint()
            }
        }
    }

    /// Takes in further bytes of the file.
    package mutating func append(_ bytes: [UInt8]) { append(unsafe bytes.span.bytes) }

    /// Takes in floats as the file holds them, little-endian.
    package mutating func append(_ floats: Span<Float>) { append(unsafe floats.bytes) }

    /// The checksums of all blocks so far, the unfinished one included.
    package var values: [UInt32] { block.count == 0 ? finished : finished + [block.crc32Value] }
}
