public import Augmentations
public import Failures

/// What somebody wants a model of two towers to be; what is left open is as the towers' folders say.
public struct TowerChoices: Codable, Sendable, Equatable {
    /// Folders of towers that were trained elsewhere; nil where a tower is a preset's.
    public var imageTower, textTower: String?
    /// Side of the square picture, pixels.
    public var imageSize: Int?
    /// Blocks of the picture tower that are used; the last norm follows the last of them.
    public var imageLayer: Int?
    /// How the picture tower makes one row of many.
    public var imagePooling: ImagePooling?
    /// How the text tower makes one row of many.
    public var textPooling: TextPooling?
    /// Whether the text tower of a preset is one whose tokens see those behind them, too: such as objectives of masked
    /// tokens need. A tower from a folder is what it is.
    public var textIsBidirectional: Bool?
    /// Width of the projections' hidden layer; nil for one matrix.
    public var projectionHidden: Int?
    /// Length of the joint embedding.
    public var embedDim: Int

    /// Everything left open but the length of the embedding.
    public init(embedDim: Int) { self.embedDim = embedDim }

    /// What the folder of the picture tower says of pictures; nil where the tower is a preset's.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where the folder asks for what is not known here.
    public func preprocessing() throws(Failure) -> Preprocessing? {
        guard let imageTower else { return nil }
        let folder = try TowerFolder(imageTower)
        _ = try folder.visionPlan()  // a folder without picture tower is told as that
        var preprocessing = try folder.preprocessing()
        if let imageSize { preprocessing = preprocessing.scaled(to: imageSize) }
        return preprocessing
    }

    /// Where the weights of a tower lie; nil where it is a preset's.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where the folder holds no tower that is known here.
    public func folder(of side: TowerSide) throws(Failure) -> String? {
        guard let path = side == .image ? imageTower : textTower else { return nil }
        return try TowerFolder(path).path
    }
}

extension DualEncoder {
    /// The model that `choices` ask for. A tower without a folder is that of `preset`, whose captions start and end with
    /// the tokens given.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where a folder holds no such tower or the choices do not fit it.
    public init(
        _ choices: TowerChoices, else preset: ModelConfiguration, startToken: Int32?, endToken: Int32?
    ) throws(Failure) {
        let file = HuggingFaceConfiguration(preset, startToken: startToken, endToken: endToken), place = "--model"
        var vision = TowerConfig(json: try JSON(encoding: file.vision_config, named: place), place: place)
        var text = TowerConfig(json: try JSON(encoding: file.text_config, named: place), place: place)
        var imagePooling = choices.imagePooling, textPooling = choices.textPooling, side = choices.imageSize
        if let path = choices.imageTower {
            let folder = try TowerFolder(path)
            vision = folder.config.withoutInitialization()
            let plan = try folder.visionPlan()
            imagePooling = imagePooling ?? plan.pooling
            if side == nil { side = try folder.preprocessing().side }
        }
        if let path = choices.textTower {
            let folder = try TowerFolder(path)
            text = folder.config.withoutInitialization()
            let plan = try folder.textPlan(), pooling = try SentenceTransformers.pooling(of: folder.path)
            textPooling = textPooling ?? pooling ?? plan.pooling
        } else if choices.textIsBidirectional == true {
            text = TowerConfig(bidirectional: preset, place: place)
            textPooling = textPooling ?? .mean
        }
        if let side { vision = vision.setting("image_size", side, in: "vision_config") }
        if let layers = choices.imageLayer {
            let part = vision.part("vision_config"), all = try part.count("num_hidden_layers", 12)
            guard 1...all ~= layers else {
                throw .settings(vision.place, "it has \(all) blocks, of which --image-layer \(layers) is none")
            }
            vision = vision.setting("num_hidden_layers", layers, in: "vision_config")
        }
        try self.init(
            embedDim: choices.embedDim, vision: vision, text: text,
            extras: Extras(
                image_pooling: imagePooling ?? preset.plan.vision.pooling, text_pooling: textPooling ?? .last,
                projection_hidden: choices.projectionHidden))
    }
}
