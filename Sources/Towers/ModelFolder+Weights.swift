public import Autodiff
public import Failures
import Tensors

/// The weights of a model folder.
extension ModelFolder {
    /// Reads the weights of a folder into a tape whose `store` holds the parameters of the model; those of the towers in
    /// `locked` are left where they are.
    ///
    /// - Throws: `.badSettings` that names a tensor which is missing, unexpected or of another shape.
    public static func read(
        _ folder: String, _ plan: ModelPlan, without locked: Set<TowerSide> = [], _ store: ParameterStore,
        into tape: inout Tape
    ) throws(Failure) {
        let files = try WeightFiles(folder: folder)
        let parts = try parts(of: plan, without: locked, in: store)
        try compare(parts, with: files, ignoring: locked)
        for part in parts {
            let tensor = Tensor(offset: part.range.lowerBound, shape: [part.range.count])
            try tape.write(tensor) { (floats) throws(Failure) in try files.read(part.name, into: &floats) }
        }
    }

    /// The model's tensors as transformers' file has them, by their place in `store`.
    static func parts(
        of plan: ModelPlan, without locked: Set<TowerSide> = [], in store: ParameterStore
    ) throws(Failure) -> [Safetensors.Part] {
        var declared = ParameterStore()
        let model = Model(plan, without: locked, in: &declared)
        return try parts(of: model, declaring: declared, in: store)
    }

    /// The tensors of one tower, by their place in `store`, under the names that they have there.
    static func parts(
        of plan: ModelPlan, only side: TowerSide, in store: ParameterStore
    ) throws(Failure) -> [Safetensors.Part] {
        var declared = ParameterStore()
        let model = Model(plan, only: side, in: &declared)
        return try parts(of: model, declaring: declared, in: store)
    }

    private static func parts(
        of model: Model, declaring declared: ParameterStore, in store: ParameterStore
    ) throws(Failure) -> [Safetensors.Part] {
        let places = Dictionary(store.parameters.map { ($0.name, $0.tensor) }) { first, _ in first }
        let fileShapes = model.fileShapes
        var parts: [Safetensors.Part] = []
        for parameter in declared.parameters {
            guard let place = places[parameter.name], place.shape == parameter.tensor.shape else {
                throw Failure(
                    .bug, "cannot find weights", at: parameter.name,
                    because: "found \(places[parameter.name]?.shape.description ?? "none") in the store, "
                        + "expected \(parameter.tensor.shape)", try: "report this line")
            }
            parts.append(.init(parameter.name, fileShapes[parameter.name] ?? place.shape.axes, at: place.range))
        }
        return parts
    }

    /// Buffers that older versions of transformers store beside the weights; they count 0, 1, 2, ….
    private static let ignored = ".position_ids"

    private static func compare(
        _ parts: [Safetensors.Part], with files: WeightFiles, ignoring locked: Set<TowerSide>
    ) throws(Failure) {
        for part in parts {
            let found = files.shape(of: part.name)
            guard found == part.shape else { throw files.refused(part.name, found, part.shape) }
        }
        let expected = Set(parts.map(\.name))
        for name in files.names where !expected.contains(name) && !name.hasSuffix(ignored) {
            if locked.contains(where: { name.hasPrefix($0.prefix) }) { continue }
            throw files.refused(name, files.shape(of: name), nil)
        }
    }

    /// The same parameters, all zero: what is read over need not be drawn first.
    static func blank(_ store: ParameterStore) -> ParameterStore {
        var blank = ParameterStore()
        for parameter in store.parameters {
            _ = blank.declare(parameter.name, parameter.tensor.shape, .zeros, decays: parameter.decays)
        }
        return blank
    }
}
