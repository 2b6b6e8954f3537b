import Kernels

/// Rows in lists that were made for them, and what was learned on the way.
struct TrainedLists {
    let model: ListModel
    let partition: Partition
    let codes: SegmentCodes
    /// The rows in half precision, list by list.
    let halves: [UInt8]
    /// What each kind of queries costs for which recall.
    let recalls: [RecallTable]

    /// Rows of which the codes learn how residuals vary.
    private static let mostResiduals = 24_000
    /// Fewer queries teach nothing.
    private static let fewestQueries = 100

    /// Splits `rows` into `nlist` lists, and learns to serve queries like the rows and those that are given. Whatever codes
    /// its rows, an index learns from the usual codes where queries lead.
    init(
        _ rows: EmbeddingRows, nlist: Int, mostUngrouped: Int = ListGroups.mostUngrouped,
        codec: any ListCodec.Type = CodecChoice.usual.type, queries given: [QueryKind: [Float]]
    ) {
        let width = rows.embedDim, clustering = Clustering(rows, nlist: nlist, mostUngrouped: mostUngrouped)
        let partition = Partition(lists: clustering.lists, nlist: nlist), floats = partition.means(of: rows)
        let means = QuantizedRows(floats.span, columns: width), unitMeans = unitLength(floats, width: width)
        let queries = Self.queries(rows, partition, given), residuals = Self.residuals(rows, partition, means)
        func model(_ codec: any ListCodec, _ routers: [ListRouter]) -> ListModel {
            ListModel(
                codec: codec, centre: clustering.centre, centroids: clustering.centroids, groups: clustering.groups,
                means: means, unitMeans: unitMeans, routers: routers)
        }
        let teacher = WeightedCodec(embedDim: width, residuals: residuals, queries: queries)
        let halves = rows.halves(partition.order)
        let teaching = CodedLists(rows, partition, model(teacher, []), halves: halves)
        let isEmpty = (0..<nlist).map { partition.starts[$0] == partition.starts[$0 + 1] }
        let routers = queries.map { some in
            let maxima = teaching.maxima(of: teaching.model.coded(some.learning), own: some.ownOfLearning)
            return ListRouter(
                some, maxima: maxima, means: unitMeans, isEmpty: isEmpty, starts: clustering.groups?.starts,
                embedDim: width)
        }
        let isUsual = codec == WeightedCodec.self
        let trained = model(
            isUsual ? teacher : codec.init(embedDim: width, residuals: residuals, queries: queries), routers)
        let coded = isUsual ? teaching : CodedLists(rows, partition, trained, halves: halves)
        recalls = zip(queries, routers).map { some, router in
            RecallMeasurement(router: router, lists: coded, teaching: teaching, partition: partition).table(some)
        }
        (self.model, self.partition, codes, self.halves) = (trained, partition, coded.codes, halves)
    }

    /// Queries of every kind; the first are those that are like the rows, or rows themselves.
    private static func queries(
        _ rows: EmbeddingRows, _ partition: Partition, _ given: [QueryKind: [Float]]
    ) -> [LearningQueries] {
        let enough = given.filter { $0.value.count >= fewestQueries * rows.embedDim }
        var places = [Int](repeating: 0, count: rows.count)
        for (place, row) in partition.order.enumerated() { places[row] = place }
        let alike =
            enough[.pictures].map { LearningQueries(.pictures, given: $0, embedDim: rows.embedDim) }
            ?? LearningQueries(.pictures, from: rows, places: places)
        let others = enough.filter { $0.key != .pictures }.sorted { $0.key.name < $1.key.name }
        return [alike] + others.map { LearningQueries($0.key, given: $0.value, embedDim: rows.embedDim) }
    }

    private static func residuals(_ rows: EmbeddingRows, _ partition: Partition, _ means: QuantizedRows) -> [Float] {
        let step = max(1, rows.count / mostResiduals), starts = partition.starts
        let parts = parallelMap(partition.nlist) { list in
            let members = (starts[list]..<starts[list + 1]).filter { $0 % step == 0 }.map { partition.order[$0] }
            return listResiduals(members, rows, mean: means.row(list))
        }
        return parts.flatMap(\.self)
    }
}

extension EmbeddingRows {
    /// Some rows as they are stored, in this order: `[order, embedDim]` in half precision, two bytes a number.
    func halves(_ order: [Int]) -> [UInt8] {
        let block = 1024
        return parallelMap((order.count + block - 1) / block) { task in
            let some = order[task * block..<min((task + 1) * block, order.count)]
            return storedRows(some.flatMap { floats[range($0)] }.span, width: embedDim)
        }.flatMap(\.self)
    }
}
