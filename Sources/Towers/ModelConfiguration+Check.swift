import Failures

/// The largest value of any one setting: beyond it a product of two would not be a size that a machine can hold.
private let largest = 1 << 20

func requirePositive(_ value: Int, _ name: String, _ place: String) throws(Failure) {
    guard value > 0, value <= largest else {
        throw .settings(place, "\(name) is \(value), expected 1 to \(largest)")
    }
}

private func requireMultiple(
    _ value: Int, _ name: String, of divisor: Int, _ divisorName: String, _ place: String
) throws(Failure) {
    guard value % divisor == 0 else {
        throw .settings(place, "\(name) \(value) is not a multiple of \(divisorName) \(divisor)")
    }
}

private func requireHidden(_ ratio: Double, _ width: Int, _ tower: String, _ place: String) throws(Failure) {
    let hidden = Double(width) * ratio
    guard hidden >= 1, hidden <= Double(largest) else {
        throw .settings(place, "\(tower).mlp_ratio is \(ratio), which makes a hidden layer of \(hidden)")
    }
}

extension VisionConfiguration {
    func check(_ place: String) throws(Failure) {
        for (value, name) in [
            (imageSize, "image_size"), (layers, "layers"), (width, "width"), (headWidth, "head_width"),
            (patchSize, "patch_size"),
        ] { try requirePositive(value, "vision_cfg.\(name)", place) }
        try requireMultiple(imageSize, "vision_cfg.image_size", of: patchSize, "patch_size", place)
        try requireMultiple(width, "vision_cfg.width", of: headWidth, "head_width", place)
        try requireHidden(mlpRatio, width, "vision_cfg", place)
    }
}

extension TextConfiguration {
    func check(_ place: String) throws(Failure) {
        for (value, name) in [
            (contextLength, "context_length"), (vocabSize, "vocab_size"), (width, "width"), (heads, "heads"),
            (layers, "layers"),
        ] { try requirePositive(value, "text_cfg.\(name)", place) }
        guard contextLength >= 2 else {
            throw .settings(place, "text_cfg.context_length is 1, expected room for the start and the end token")
        }
        guard vocabSize >= 2 else {
            throw .settings(place, "text_cfg.vocab_size is 1, expected room for the start and the end token")
        }
        try requireMultiple(width, "text_cfg.width", of: heads, "heads", place)
        try requireHidden(mlpRatio, width, "text_cfg", place)
    }
}

extension Failure {
    static func settings(_ place: String, _ why: String) -> Failure {
        Failure(.badSettings, "cannot use model settings", at: place, because: why, try: "correct that setting")
    }
}
