import Failures
import Foundation
import Images

/// What a fuzzer calls with bytes of its own: they become a picture or a failure, within the limits of pixels and memory.
///
/// `scripts/fuzz FORMAT` sets `CLIP_FUZZ_FORMAT`; the first bytes are then made those of that format, so that no luck is
/// spent on them.
private let magic: [UInt8] = {
    switch ProcessInfo.processInfo.environment["CLIP_FUZZ_FORMAT"] {
    case "png": [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    case "jpeg": [0xFF, 0xD8, 0xFF]
    case "gif": Array("GIF89a".utf8)
    case "webp": Array("RIFF".utf8)
    default: []
    }
}()

private let limit = PixelLimit(pixels: 1_000_000)

/// Decodes as a whole, at a smaller scale, and in part.
private func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard bytes.count > magic.count else { return 0 }
    bytes.replaceSubrange(0..<magic.count, with: magic)
    if magic == Array("RIFF".utf8), bytes.count > 12 { bytes.replaceSubrange(8..<12, with: Array("WEBP".utf8)) }
    decode(bytes, atLeast: nil) { Region(top: 0, left: 0, height: $0, width: $1) }
    if magic.first == 0x89 { comparePNG(bytes) }
    if magic.first == 0xFF {
        decode(bytes, atLeast: 8) { Region(top: 0, left: 0, height: $0, width: $1) }
        decode(bytes, atLeast: nil) { Region(top: $0 / 3, left: $1 / 2, height: ($0 + 2) / 3, width: ($1 + 1) / 2) }
    }
    return 0
}

private func decode(_ bytes: [UInt8], atLeast side: Int?, only region: (Int, Int) -> Region) {
    guard
        let picture = try? unsafe Picture(
            decoding: bytes.span.bytes, named: "fuzz", limit: limit, atLeast: side, only: region)
    else { return }
    precondition(picture.pixels.count == picture.height * picture.width * 3)
}

/// A PNG that is inflated at once has libpng's colours, also in part. Where libpng gives none, only what zlib says of lists
/// of codes may be the reason, whose gaps libdeflate fills; or the checksum of the data, which is not compared while fuzzing.
private func comparePNG(_ bytes: [UInt8]) {
    guard let own = try? unsafe Picture(decoding: bytes.span.bytes, named: "fuzz", limit: limit) else { return }
    do {
        let theirs = try unsafe Picture(decodingByLibrary: bytes.span.bytes, named: "fuzz", limit: limit)
        expect(own == theirs, "other colours than libpng's")
    } catch {
        expect(excuses.contains { error.why.hasSuffix($0) }, "a picture where libpng says: \(error.why)")
    }
    let part = Region(
        top: own.height / 3, left: own.width / 2, height: (own.height + 2) / 3, width: (own.width + 1) / 2)
    let cut = try? unsafe Picture(decoding: bytes.span.bytes, named: "fuzz", limit: limit) { _, _ in part }
    expect(cut == own.cropped(to: part), "a part has other colours than the whole")
}

/// Says what is wrong and ends, so that the fuzzer keeps the input.
private func expect(_ isTrue: Bool, _ otherwise: String) {
    guard !isTrue else { return }
    FileHandle.standardError.write(Data("picture-fuzzing: \(otherwise)\n".utf8))
    abort()
}

private let excuses = [
    "invalid code lengths set", "invalid bit length repeat", "too many length or distance symbols",
    "invalid literal/lengths set", "invalid distances set", "invalid literal/length code", "invalid distance code",
    "incorrect data check",
]

/// libFuzzer's own loop, which calls the function again and again.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main struct FuzzPictures {
    static func main() {
        var count = CommandLine.argc, arguments = unsafe CommandLine.unsafeArgv
        exit(unsafe runFuzzer(&count, &arguments) { start, count in unsafe fuzzOneInput(start, count) })
    }
}
