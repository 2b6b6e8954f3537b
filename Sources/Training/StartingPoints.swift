import Failures
import Towers

/// Other runs whose towers a run starts from.
extension TrainingOptions {
    /// Opens the folders of `--init`, and lets the text tower be built as the one that it starts from.
    ///
    /// - Throws: `.missingInput`, or `.badSettings` where a folder holds no tower, or two hold the same.
    mutating func begin() throws(Failure) -> [StartingPoint] {
        var starts: [StartingPoint] = [], taken: Set<TowerSide> = []
        let wanted = material.side.map { Set([$0]) } ?? Set(TowerSide.allCases)
        for folder in initial {
            let start = try StartingPoint(folder), own = start.sides.intersection(wanted)
            guard !own.isEmpty else {
                throw Failure(
                    .badSettings, "cannot start from run", at: folder, because: "it has no tower that this run trains",
                    try: "give a run of \(material.words)")
            }
            guard taken.isDisjoint(with: own) else {
                throw Failure(
                    .badSettings, "cannot start from run", at: folder, because: "another --init has the same tower",
                    try: "give one of them")
            }
            taken.formUnion(own)
            starts.append(start)
            if own.contains(.image), let pooling = start.imagePooling, pooling.isOwn {
                imagePooling = imagePooling ?? pooling
            }
            guard own.contains(.text) else { continue }
            startsBidirectional = start.textIsBidirectional
            if startsBidirectional { textPooling = textPooling ?? start.textPooling }
            contextLength = contextLength ?? start.contextLength
        }
        guard starts.isEmpty || imageTower == nil && textTower == nil && pretrained == nil else {
            throw Failure(
                .badSettings, "cannot use option", at: "--init", because: "towers come from elsewhere as well",
                try: "give either --init, or --image-tower, --text-tower or --pretrained")
        }
        return starts
    }
}
