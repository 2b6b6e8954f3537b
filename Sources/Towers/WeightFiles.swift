import Autodiff
public import Failures
import Foundation
import Storage

/// The weights of a folder, under transformers' names: `model.safetensors`, or the files that `model.safetensors.index.json`
/// shares them among, or `open_clip_model.safetensors` where there is nothing else.
public struct WeightFiles: Sendable {
    /// What a failure calls them.
    let path: String
    private let shards: [Shard]
    private let places: [String: (shard: Int, tensor: TensorPlace)]  // by a tensor's name

    private final class Shard: Sendable {
        let file: Safetensors
        init(_ file: consuming Safetensors) { self.file = file }
    }

    /// Opens the files, and checks every length in their headers.
    ///
    /// - Throws: `.missingInput`, or `.badData` where a header disagrees with its file or with the index.
    init(folder: String) throws(Failure) {
        guard let index = Self.index(of: folder) else {
            let whole = "\(folder)/\(Self.wholeFile(of: folder))"
            try self.init([whole], named: whole)
            return
        }
        let map = try WeightIndex(index).weight_map
        try self.init(Set(map.values).sorted().map { "\(folder)/\($0)" }, named: index)
        for (name, file) in map.sorted(by: { $0.key < $1.key }) where places[name] == nil {
            throw Self.damaged(index, "tensor \(name) is not in \(file)")
        }
    }

    /// The names of the folder's files of weights, the index among them where there is one.
    ///
    /// - Throws: `.badData` where the index is damaged.
    public static func names(in folder: String) throws(Failure) -> [String] {
        guard let index = index(of: folder) else { return [wholeFile(of: folder)] }
        return try [ModelFolder.weightsIndexFile] + Set(WeightIndex(index).weight_map.values).sorted()
    }

    /// The one file of a folder that shares its weights among no others.
    private static func wholeFile(of folder: String) -> String {
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
        let isOpenCLIP = exists(ModelFolder.openCLIPWeightsFile) && !exists(ModelFolder.weightsFile)
        return isOpenCLIP ? ModelFolder.openCLIPWeightsFile : ModelFolder.weightsFile
    }

    private static func index(of folder: String) -> String? {
        let whole = "\(folder)/\(ModelFolder.weightsFile)", index = "\(folder)/\(ModelFolder.weightsIndexFile)"
        let isShared = FileManager.default.fileExists(atPath: index) && !FileManager.default.fileExists(atPath: whole)
        return isShared ? index : nil
    }

    private init(_ files: [String], named path: String) throws(Failure) {
        var shards: [Shard] = [], places: [String: (shard: Int, tensor: TensorPlace)] = [:]
        for path in files {
            let shard = Shard(try Safetensors(path))
            let shapes = shard.file.names.map { (name: $0, shape: shard.file.shape(of: $0) ?? []) }
            let isOpenCLIP = path.hasSuffix("/\(ModelFolder.openCLIPWeightsFile)")
            let tensors =
                isOpenCLIP
                ? OpenCLIPNames.places(in: shapes).map { ($0, $1) }
                : shapes.map { ($0.name, TensorPlace(name: $0.name, shape: $0.shape)) }
            for (name, tensor) in tensors {
                guard places.updateValue((shards.count, tensor), forKey: name) == nil else {
                    throw Self.damaged(path, "tensor \(name) is in another file of the model, too")
                }
            }
            shards.append(shard)
        }
        (self.path, self.shards, self.places) = (path, shards, places)
    }

    /// The tensors' names, sorted.
    var names: [String] { places.keys.sorted() }

    /// The lengths of one tensor's axes, outer to inner; nil where there is no such tensor.
    func shape(of name: String) -> [Int]? { places[name]?.tensor.shape }

    /// Reads a tensor of 32-bit floats, 16-bit floats or bfloat16 numbers.
    ///
    /// - Throws: `.badData` where the tensor is missing, holds other numbers, or has another count than `floats`.
    func read(_ name: String, into floats: inout MutableSpan<Float>) throws(Failure) {
        guard let place = places[name] else { throw Self.damaged(path, "tensor \(name) is missing") }
        try place.tensor.read(from: shards[place.shard].file, into: &floats)
    }

    /// A tensor's numbers, outer to inner.
    func floats(of name: String) throws(Failure) -> [Float] {
        var floats = [Float](repeating: 0, count: shape(of: name)?.reduce(1, *) ?? 0)
        var span = floats.mutableSpan
        try read(name, into: &span)
        return floats
    }

    /// The failure of a tensor that is not what the settings say.
    func refused(_ name: String, _ found: [Int]?, _ expected: [Int]?) -> Failure {
        Failure(
            .badSettings, "cannot use weights", at: path,
            because: "tensor \(name): found \(found.map { "\($0)" } ?? "none"), "
                + "expected \(expected.map { "\($0)" } ?? "no such tensor")",
            try: "give weights and settings of the same model")
    }

    fileprivate static func damaged(_ path: String, _ why: String) -> Failure {
        Failure(.badData, "cannot read weights", at: path, because: why, try: "copy or download the files again")
    }
}

/// `model.safetensors.index.json`: which file holds which tensor. Property names are the file's keys.
struct WeightIndex: Codable {
    struct Metadata: Codable {
        /// Bytes of all tensors.
        var total_size: Int?
    }

    var metadata: Metadata?
    var weight_map: [String: String]

    /// Reads the index at `path`.
    ///
    /// - Throws: `.badData` where a file that it names does not lie beside it.
    init(_ path: String) throws(Failure) {
        self = try decoded(Self.self, from: jsonFile(path), named: path)
        for file in weight_map.values where file.contains("/") || file.hasPrefix(".") {
            throw WeightFiles.damaged(path, "\(file) is no file beside it")
        }
    }

    /// Where the tensors of a model with locked towers lie.
    init(_ plan: ModelPlan, locked: Set<TowerSide>) {
        var store = ParameterStore()
        _ = Model(plan, in: &store)
        metadata = Metadata(total_size: 4 * store.count)
        weight_map = Dictionary(
            store.parameters.map { parameter in
                let side = locked.first { parameter.name.hasPrefix($0.prefix) }
                return (parameter.name, side?.weightsFile ?? ModelFolder.trainedWeightsFile)
            }
        ) { first, _ in first }
    }
}
