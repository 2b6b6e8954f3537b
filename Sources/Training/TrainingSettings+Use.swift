import Augmentations
import Towers

extension TrainingSettings {
    /// Puts what the user chose, and the size of the vocabulary that was learnt, into a model's settings.
    func adapt(_ configuration: inout ModelConfiguration, vocabSize: Int) {
        configuration.text.vocabSize = vocabSize
        if let contextLength { configuration.text.contextLength = contextLength }
        if let pooling { configuration.vision.pooling = pooling }
    }

    /// What a picture goes through before a model of `side` pixels sees it. What is transparent and what is filled are
    /// both white.
    func preprocessing(side: Int) -> Preprocessing {
        Preprocessing(side: side, resizeMode: imageResizeMode, fillColor: 255)
    }

    /// What a picture goes through each time that it is learnt from.
    func recipe(_ preprocessing: Preprocessing) -> [any Augmentation] {
        let side = preprocessing.side, flip: [any Augmentation] = isMirrored ? [RandomFlip()] : []
        switch augmentation {
        case .none: return .evaluation(preprocessing)
        case .crop:
            var larger = preprocessing
            larger.side = side + side / 4
            return .evaluation(larger) + [RandomCrop(side: side)] + flip
        case .translate:
            let fill = imageResizeMode == .longest ? preprocessing.fillColor : nil
            return .evaluation(preprocessing) + [RandomTranslation(distance: side / 8, fill: fill)] + flip
        case .resizedCrop:
            let whole: [any Augmentation] = imageResizeMode == .longest ? [PadToSquare()] : []
            return whole + [RandomResizedCrop(side: side, scale: 0.5...1)] + flip
        }
    }
}

/// Whether hardly a caption tells left from right, so that a mirrored picture still fits its caption.
func survivesMirroring(_ captions: [String]) -> Bool {
    let sided = captions.count { caption in
        caption.lowercased().split { !$0.isLetter }.contains { $0 == "left" || $0 == "right" }
    }
    return sided * 50 <= captions.count
}
