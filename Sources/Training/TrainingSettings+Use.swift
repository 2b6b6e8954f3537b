import Augmentations
import Datasets
import Failures
import Tokenizers
import Towers

extension TrainingSettings {
    /// Puts what the user chose, the size of the vocabulary that was learnt and the length of a teacher's vectors into a
    /// model's settings.
    func adapt(_ configuration: inout ModelConfiguration, vocabSize: Int, teacher: TeacherVectors?) {
        // A row more than there are tokens stands where one is hidden.
        configuration.text.vocabSize = vocabSize + (TextNeeds(needs).hides || textIsBidirectional == true ? 1 : 0)
        if let teacher { configuration.embedDim = teacher.width }
        if let contextLength { configuration.text.contextLength = contextLength }
        switch imagePooling {
        case .classToken: configuration.vision.pooling = .classToken
        case .mean: configuration.vision.pooling = .mean
        case nil, .classAndMean, .attention: break  // none of open_clip's: `ownChoices` has them
        }
    }

    /// A tokenizer that is trained on `texts`.
    func tokenizer(of texts: [String], _ configuration: ModelConfiguration) throws(Failure) -> any Tokenizer {
        let most = vocabSize ?? configuration.text.vocabSize
        guard let symbols = data.symbols else { return BytePairTokenizer.trained(on: texts, vocabSize: most) }
        return try SymbolTokenizer.trained(on: texts, symbols: symbols, vocabSize: most)
    }

    /// The model: towers that were trained elsewhere, or `configuration`.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where a folder holds no such tower or the choices do not fit it.
    func describe(
        _ configuration: ModelConfiguration, _ tokenizer: any Tokenizer
    ) throws(Failure) -> ModelDescription {
        guard var choices = towers?.choices ?? ownChoices(configuration) else { return .clip(configuration) }
        if teacher != nil { choices.embedDim = configuration.embedDim }
        return .dualEncoder(
            try DualEncoder(
                choices, else: configuration, startToken: tokenizer.startToken, endToken: tokenizer.endToken))
    }

    /// A text tower that sees both directions is none of CLIP's, nor is a picture tower whose patches a learnt query gathers:
    /// the model is then one of two towers of any origin, which both begin anew.
    private func ownChoices(_ configuration: ModelConfiguration) -> TowerChoices? {
        guard textIsBidirectional == true || imagePooling?.isOwn == true else { return nil }
        var choices = TowerChoices(embedDim: configuration.embedDim)
        choices.textIsBidirectional = textIsBidirectional
        (choices.imagePooling, choices.textPooling) = (imagePooling, textPooling)
        return choices
    }

    /// What a person calls the model.
    var modelName: String { towers?.name(else: model) ?? model }

    /// What a picture goes through before a model of `side` pixels sees it: what `tower`, trained elsewhere, asks for, or
    /// as OpenAI's CLIP has it. What is transparent and what is filled are both white.
    func preprocessing(side: Int, of tower: Preprocessing? = nil) -> Preprocessing {
        var preprocessing = tower ?? Preprocessing(side: side)
        if imageResizeMode != .shortest { preprocessing.shorterSide = nil }
        preprocessing.resizeMode = imageResizeMode
        preprocessing.fillColor = 255
        return preprocessing
    }

    /// What makes further views of a picture, a recipe a view.
    func viewRecipes(_ preprocessing: Preprocessing) -> [[any Augmentation]] {
        PictureNeeds(needs).recipes(
            side: preprocessing.side, padsToSquare: imageResizeMode == .longest, flips: isMirrored)
    }

    /// What a picture goes through each time that it is learnt from.
    func recipe(_ preprocessing: Preprocessing) -> [any Augmentation] {
        let side = preprocessing.side, flip: [any Augmentation] = isMirrored ? [RandomFlip()] : []
        switch augmentation {
        case .none: return .evaluation(preprocessing)
        case .crop:
            return .evaluation(preprocessing.scaled(to: side + side / 4)) + [RandomCrop(side: side)] + flip
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
