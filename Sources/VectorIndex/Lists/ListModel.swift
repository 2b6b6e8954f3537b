import Kernels

/// What the lists of an index have in common, whatever segments their rows lie in: where a row belongs, how it is coded, and
/// which lists a query visits. Learned once; every segment is laid out by it until all are written anew.
final class ListModel: Sendable {
    let codec: any ListCodec
    /// Taken off a row before it is compared with the centroids: `[embedDim]`.
    let centre: [Float]
    /// What a row's list is chosen by.
    let centroids: BytePanels
    /// Groups in which the lists lie one behind the other, where they are very many.
    let groups: PanelGroups?
    /// The lists' means, from which codes are differences.
    let means: QuantizedRows
    /// The same with length one, by which plain `nprobe` chooses: `[nlist, embedDim]`.
    let unitMeans: [Float]
    /// One for each kind of queries that was learned.
    let routers: [ListRouter]

    init(
        codec: any ListCodec, centre: [Float], centroids: BytePanels, groups: PanelGroups?, means: QuantizedRows,
        unitMeans: [Float], routers: [ListRouter]
    ) {
        (self.codec, self.centre, self.centroids, self.groups) = (codec, centre, centroids, groups)
        (self.means, self.unitMeans, self.routers) = (means, unitMeans, routers)
    }

    var nlist: Int { means.count }
    var shape: CodeShape { codec.shape }

    func router(for kind: QueryKind) -> ListRouter? { routers.first { $0.kind == kind } }

    /// How rows lie in the lists; one of these may be empty.
    func partition(_ rows: EmbeddingRows) -> Partition {
        let y = Clustering.centred(rows.floats.span, around: centre)
        return Partition(lists: centroids.nearest(to: y, in: groups).numbers.map { Int($0) }, nlist: nlist)
    }

    /// The codes of rows that lie so.
    func codes(of rows: EmbeddingRows, _ partition: Partition) -> SegmentCodes {
        guard shape.blockBytes + shape.lowBytes > 0 else { return SegmentCodes() }
        // Lists one behind the other, about a thousand rows for each task.
        var ranges: [Range<Int>] = [], first = 0
        for list in 0..<nlist where list + 1 == nlist || partition.starts[list + 1] - partition.starts[first] >= 1024 {
            ranges.append(first..<list + 1)
            first = list + 1
        }
        let parts = parallelMap(ranges.count) { task in
            let (starts, lists) = (partition.starts, ranges[task])
            var residuals: [Float] = []
            for list in lists where starts[list] < starts[list + 1] {
                residuals += listResiduals(
                    partition.order[starts[list]..<starts[list + 1]], rows, mean: means.row(list))
            }
            return codec.codes(residuals, lengths: lists.map { starts[$0 + 1] - starts[$0] })
        }
        return SegmentCodes(high: parts.flatMap(\.high), low: parts.flatMap(\.low))
    }

    /// Queries in the forms in which a scan needs them.
    func coded(_ queries: [Float]) -> CodedQueries { codec.coded(queries) }

    /// A scan of rows that lie in these lists and are coded by this.
    func scanner(rowStarts: [Int], blockStarts: [Int]? = nil, excluded: [UInt64] = []) -> ListScanner {
        ListScanner(
            shape, type(of: codec).scoring, means: means, rowStarts: rowStarts, blockStarts: blockStarts,
            excluded: excluded)
    }
}

/// `x − mean` of some rows, `[members, embedDim]`.
func listResiduals(_ members: some Collection<Int>, _ rows: EmbeddingRows, mean: [Float]) -> [Float] {
    let width = rows.embedDim
    var residuals: [Float] = []
    residuals.reserveCapacity(members.count * width)
    for row in members {
        let from = row * width
        for i in 0..<width { residuals.append(rows.floats[from + i] - mean[i]) }
    }
    return residuals
}
