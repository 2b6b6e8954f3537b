import CImageCodecs
public import Failures

extension Picture {
    /// The picture as a PNG file: RGB, 8 bit.
    ///
    /// - Throws: `.cannotWrite` where memory is short.
    public func pngBytes() throws(Failure) -> [UInt8] {
        var message = [CChar](repeating: 0, count: clip_message_size)
        var encoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        let isDone = unsafe pixels.withUnsafeBufferPointer {
            unsafe clip_png_encode($0.baseAddress, UInt32(height), UInt32(width), &encoded, &count, &message)
        }
        guard isDone, let encoded = unsafe encoded else {
            throw Failure(
                .cannotWrite, "cannot encode picture", at: "\(height) × \(width) pixels", because: Self.text(message),
                try: "make the picture smaller")
        }
        defer { unsafe clip_free(encoded) }
        return unsafe Array(UnsafeBufferPointer(start: encoded, count: count))  // sound: `count` bytes were written
    }
}
