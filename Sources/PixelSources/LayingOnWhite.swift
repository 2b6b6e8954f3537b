import CIntrinsics
import PixelInterface

/// `(c·a + 255·(255 − a)) / 255`, rounded: four pixels at a time, in 16 bits, where the sum is `a·(c − 255) + 255²`.
func layOnWhite(_ pixels: Bytes, _ channels: Int, _ count: Int, _ target: MutableBytes) {
    let (colourPlaces, alphaPlaces) = places(channels)
    let white = SIMD16<UInt16>(repeating: 255), rounded = SIMD16<UInt16>(repeating: 255 * 255 + 128)
    let byte = SIMD16<UInt16>(repeating: 8)
    var at = 0
    while at &+ 6 <= count {  // sixteen bytes are written, of which the last four are the next pixels'
        let four = clip_load_bytes(pixels + at &* channels)
        let colours = clip_widen_shorts(clip_pick(four, colourPlaces))
        let alphas = clip_widen_shorts(clip_pick(four, alphaPlaces))
        let sum = alphas &* (colours &- white) &+ rounded
        clip_store_bytes(clip_narrow_shorts((sum &+ (sum &>> byte)) &>> byte), target + 3 &* at)
        at &+= 4
    }
    while at < count {
        let pixel = pixels + at &* channels, alpha = UInt32(pixel[channels &- 1])
        for c in 0..<3 {
            let sum = UInt32(pixel[channels == 4 ? c : 0]) &* alpha &+ 255 &* (255 &- alpha) &+ 128
            target[3 &* at &+ c] = UInt8(truncatingIfNeeded: (sum &+ (sum &>> 8)) &>> 8)
        }
        at &+= 1
    }
}

/// Where the colours of four pixels lie among sixteen bytes, and the alpha of each colour.
@inline(__always) private func places(_ channels: Int) -> (Bytes16, Bytes16) {
    channels == 4
        ? (
            Bytes16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 128, 128, 128, 128),
            Bytes16(3, 3, 3, 7, 7, 7, 11, 11, 11, 15, 15, 15, 128, 128, 128, 128)
        )
        : (
            Bytes16(0, 0, 0, 2, 2, 2, 4, 4, 4, 6, 6, 6, 128, 128, 128, 128),
            Bytes16(1, 1, 1, 3, 3, 3, 5, 5, 5, 7, 7, 7, 128, 128, 128, 128)
        )
}

func lookUp(_ numbers: Bytes, _ count: Int, _ table: UnsafePointer<UInt32>, _ target: MutableBytes) {
    let raw = UnsafeMutableRawPointer(target)
    var at = 0
    while at &+ 2 <= count {  // four bytes are written, of which the last is the next pixel's
        (raw + 3 &* at).storeBytes(of: table[Int(numbers[at])], as: UInt32.self)
        at &+= 1
    }
    guard at < count else { return }
    let colour = table[Int(numbers[at])]
    for c in 0..<3 { target[3 &* at &+ c] = UInt8(truncatingIfNeeded: colour &>> UInt32(8 &* c)) }
}
