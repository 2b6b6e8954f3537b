import Autodiff
public import Failures
import Storage
import Tensors

extension LoadedModel {
    /// Writes the text tower as a folder that sentence-transformers opens, all but its tokenizer: the tower, its pooling, the
    /// projection as dense layers, and a last module that makes rows of length 1. What it gives are the model's embeddings
    /// of captions.
    ///
    /// - Throws: `.badSettings` where the tower is none that it can open, `.cannotWrite`.
    public func writeSentenceEncoder(to folder: String) throws(Failure) {
        guard case .dualEncoder(let towers) = settings.model,
            ["bert", "megatron-bert"].contains(towers.config(of: .text).modelType)
        else {
            throw Failure(
                .badSettings, "cannot export text tower", at: folder,
                because: "sentence-transformers opens BERT's towers, and this is another",
                try: "give a run whose --text-tower was BERT's, such as models/minilm-l6")
        }
        let text = towers.plan.text
        guard let pooling = SentenceTransformers.PoolingFile(text.pooling, width: text.featureWidth) else {
            throw Failure(
                .badSettings, "cannot export text tower", at: folder,
                because: "it pools by \(text.pooling.rawValue), which sentence-transformers does not know",
                try: "give a run whose --text-pooling is another")
        }
        try AtomicFile.makeFolder("\(folder)/\(SentenceTransformers.poolingFolder)")
        try writeJSON(towers.config(of: .text).json, to: "\(folder)/\(ModelFolder.configFile)")
        try writeJSON(pooling, to: "\(folder)/\(SentenceTransformers.poolingFile)")
        try writeJSON(
            ["max_seq_length": text.contextLength], to: "\(folder)/\(SentenceTransformers.lengthFile)")
        let own = parameters.parameters.filter { $0.name.hasPrefix(TowerSide.text.prefix) }
        try write(
            own.map { (String($0.name.dropFirst(TowerSide.text.prefix.count)), $0.tensor) },
            to: "\(folder)/\(ModelFolder.weightsFile)")
        var modules = [
            SentenceTransformers.Module(0, "Transformer", path: ""),
            SentenceTransformers.Module(1, "Pooling", path: SentenceTransformers.poolingFolder),
        ]
        for (weight, bias) in model.layers(of: .text) {
            let module = SentenceTransformers.Module(modules.count, "Dense", path: "\(modules.count)_Dense")
            let isLast = modules.count == model.layers(of: .text).count + 1
            try AtomicFile.makeFolder("\(folder)/\(module.path)")
            try writeJSON(
                SentenceTransformers.DenseFile(
                    in_features: weight.width, out_features: weight.rowCount, bias: bias != nil,
                    activation_function: isLast
                        ? "torch.nn.modules.linear.Identity" : "torch.nn.modules.activation.GELU"),
                to: "\(folder)/\(module.path)/\(ModelFolder.configFile)")
            try write(
                [("linear.weight", weight)] + (bias.map { [("linear.bias", $0)] } ?? []),
                to: "\(folder)/\(module.path)/\(ModelFolder.weightsFile)")
            modules.append(module)
        }
        modules.append(SentenceTransformers.Module(modules.count, "Normalize", path: "\(modules.count)_Normalize"))
        try writeJSON(modules, to: "\(folder)/\(SentenceTransformers.listFile)")
    }

    private func write(_ tensors: [(name: String, tensor: Tensor)], to path: String) throws(Failure) {
        let parts = tensors.map { Safetensors.Part($0.name, $0.tensor.shape.axes, at: $0.tensor.range) }
        try tape.readParameters { (floats) throws(Failure) in try Safetensors.write(parts, of: floats, to: path) }
    }
}

extension SentenceTransformers {
    /// The file of a pooling module. Property names are its keys.
    struct PoolingFile: Encodable {
        let word_embedding_dimension: Int
        let pooling_mode_cls_token, pooling_mode_mean_tokens, pooling_mode_lasttoken: Bool
        /// Nil where it is another way, since old versions do not know the key.
        let pooling_mode_weightedmean_tokens: Bool?

        /// Nil where sentence-transformers does not know the pooling.
        init?(_ pooling: TextPooling, width: Int) {
            guard pooling != .attention else { return nil }
            word_embedding_dimension = width
            pooling_mode_cls_token = pooling == .first
            pooling_mode_mean_tokens = pooling == .mean
            pooling_mode_lasttoken = pooling == .last
            pooling_mode_weightedmean_tokens = pooling == .weightedMean ? true : nil
        }
    }

    /// The file of a dense module. Property names are its keys.
    struct DenseFile: Encodable {
        let in_features, out_features: Int
        let bias: Bool
        let activation_function: String
    }
}
