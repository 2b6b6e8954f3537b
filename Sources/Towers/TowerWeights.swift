import Autodiff
import Failures
import Layers
import Tensors

/// The weights of one tower in files that may hold more, under the names that our tower has for them.
struct TowerWeights {
    private let files: WeightFiles
    private let architecture: TowerArchitecture
    private let fileNames: [String: String]  // from ours

    /// `prefix` is what stands before the tower's names where the files hold two towers.
    init(_ files: WeightFiles, _ architecture: TowerArchitecture, prefix: String) {
        self.files = files
        self.architecture = architecture
        let own = files.names.filter { $0.hasPrefix(prefix) }, candidates = own.isEmpty ? files.names : own
        fileNames = Dictionary(
            candidates.map { (Self.ours($0, [prefix] + architecture.prefixes, architecture.renamings), $0) }
        ) { first, _ in first }
    }

    private static func ours(_ name: String, _ prefixes: [String], _ renamings: [(other: String, ours: String)])
        -> String
    {
        var name = name
        for prefix in prefixes where name.hasPrefix(prefix) { name.removeFirst(prefix.count) }
        for (other, ours) in renamings { name.replace(other, with: ours) }
        return name
    }

    /// Reads every parameter of `store` whose name begins with `prefix` into the tape that was made from it.
    ///
    /// Positions of another grid are interpolated. Blocks behind the tower's last one are left where they are, and so is a
    /// learnt pooling that the tower does not have. Names that begin with `beginning` may be missing: they are what the
    /// tower is only beginning to learn.
    ///
    /// - Throws: `.badSettings` that names a tensor which is missing, unexpected or of another shape.
    func read(
        into tape: inout Tape, _ store: ParameterStore, prefix: String, fileShapes: [String: [Int]],
        positions: String?, blocks: BlockSettings, beginning: String? = nil
    ) throws(Failure) {
        var wanted: Set<String> = []
        for parameter in store.parameters where parameter.name.hasPrefix(prefix) {
            let name = String(parameter.name.dropFirst(prefix.count))
            let expected = fileShapes[parameter.name] ?? parameter.tensor.shape.axes
            wanted.insert(name)
            // Low-rank updates are no part of files, which hold the sum.
            if name.contains(".\(LowRankUpdate.name).") { continue }
            if let beginning, name.hasPrefix(beginning), fileNames[name] == nil { continue }
            guard let fileName = fileNames[name], let found = files.shape(of: fileName) else {
                throw files.refused(name, nil, expected)
            }
            if found == expected {
                try tape.write(parameter.tensor) { (floats) throws(Failure) in
                    try files.read(fileName, into: &floats)
                }
            } else if name == positions, found.last == expected.last,
                let rows = PositionGrid(rows: found.dropLast().reduce(1, *)),
                let target = PositionGrid(rows: expected.dropLast().reduce(1, *)), rows.extra == target.extra
            {
                let resized = rows.resized(try files.floats(of: fileName), to: target)
                tape.write(parameter.tensor) { floats in for i in resized.indices { floats[i] = resized[i] } }
            } else {
                throw files.refused(fileName, found, expected)
            }
        }
        for (name, fileName) in fileNames.sorted(by: { $0.key < $1.key })
        where !wanted.contains(name) && !isKnown(name, blocks) {
            throw files.refused(fileName, files.shape(of: fileName), nil)
        }
    }

    /// Whether a tensor may lie beside those of the tower.
    private func isKnown(_ name: String, _ blocks: BlockSettings) -> Bool {
        if name == TextTower.queryName || name.hasPrefix("\(VisionPlan.ownHead).") { return true }
        if architecture.ignored.contains(where: { name.contains($0) }) { return true }
        let start = blocks.names.blocks + "."
        guard name.hasPrefix(start), let number = Int(name.dropFirst(start.count).prefix { $0 != "." }) else {
            return false
        }
        return number >= blocks.layers
    }
}
