import Failures
import Foundation
import Storage

/// The weights of a folder: `model.safetensors`, or the files that `model.safetensors.index.json` shares them among.
struct WeightFiles: Sendable {
    /// What a failure calls them.
    let path: String
    private let shards: [Shard]
    private let places: [String: Int]  // from a tensor's name

    private final class Shard: Sendable {
        let file: Safetensors
        init(_ file: consuming Safetensors) { self.file = file }
    }

    /// What is read of the index, in its words.
    private struct Index: Decodable { let weight_map: [String: String] }

    /// Opens the files, and checks every length in their headers.
    ///
    /// - Throws: `.missingInput`, or `.badData` where a header disagrees with its file or with the index.
    init(folder: String) throws(Failure) {
        let whole = "\(folder)/\(ModelFolder.weightsFile)", index = "\(whole).index.json"
        guard FileManager.default.fileExists(atPath: index), !FileManager.default.fileExists(atPath: whole) else {
            try self.init([whole], named: whole)
            return
        }
        let map = try decoded(Index.self, from: jsonFile(index), named: index).weight_map
        for file in map.values where file.contains("/") || file.hasPrefix(".") {
            throw Self.damaged(index, "\(file) is no file beside it")
        }
        try self.init(Set(map.values).sorted().map { "\(folder)/\($0)" }, named: index)
        for (name, file) in map.sorted(by: { $0.key < $1.key }) where places[name] == nil {
            throw Self.damaged(index, "tensor \(name) is not in \(file)")
        }
    }

    private init(_ files: [String], named path: String) throws(Failure) {
        var shards: [Shard] = [], places: [String: Int] = [:]
        for file in files {
            let shard = Shard(try Safetensors(file))
            for name in shard.file.names {
                guard places.updateValue(shards.count, forKey: name) == nil else {
                    throw Self.damaged(file, "tensor \(name) is in another file of the model, too")
                }
            }
            shards.append(shard)
        }
        (self.path, self.shards, self.places) = (path, shards, places)
    }

    /// The tensors' names, sorted.
    var names: [String] { places.keys.sorted() }

    /// The lengths of one tensor's axes, outer to inner; nil where there is no such tensor.
    func shape(of name: String) -> [Int]? { places[name].flatMap { shards[$0].file.shape(of: name) } }

    /// Reads a tensor of 32-bit floats, 16-bit floats or bfloat16 numbers.
    ///
    /// - Throws: `.badData` where the tensor is missing, holds other numbers, or has another count than `floats`.
    func read(_ name: String, into floats: inout MutableSpan<Float>) throws(Failure) {
        guard let place = places[name] else { throw Self.damaged(path, "tensor \(name) is missing") }
        try shards[place].file.read(name, into: &floats)
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

    private static func damaged(_ path: String, _ why: String) -> Failure {
        Failure(.badData, "cannot read weights", at: path, because: why, try: "copy or download the files again")
    }
}
