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

    /// Splits `rows` into `nlist` lists, and learns to serve queries like the rows and those that are given.
    init(_ rows: EmbeddingRows, nlist: Int, queries given: [QueryKind: [Float]]) {
        let width = rows.embedDim, shape = CodeShape(embedDim: width)
        let clustering = Clustering(rows, nlist: nlist)
        let partition = Partition(lists: clustering.lists, nlist: nlist), floats = partition.means(of: rows)
        let means = QuantizedRows(floats.span, columns: width), unitMeans = unitLength(floats, width: width)
        let queries = Self.queries(rows, partition, given)
        let book = CodeBook(shape, residuals: Self.residuals(rows, partition, means), queries: queries)
        func model(_ routers: [ListRouter]) -> ListModel {
            ListModel(
                book: book, centre: clustering.centre, centroids: clustering.centroids, means: means,
                unitMeans: unitMeans, routers: routers)
        }
        let unrouted = model([]), codes = unrouted.codes(of: rows, partition), halves = rows.halves(partition.order)
        let scanner = ListScanner(shape, means: means, rowStarts: partition.starts)
        let isEmpty = (0..<nlist).map { partition.starts[$0] == partition.starts[$0 + 1] }
        let routers = queries.map { some in
            let coded = unrouted.coded(some.learning)
            let maxima = codes.high.read { high in
                codes.low.read { scanner.maxima(of: coded, high: high, low: $0, own: some.ownOfLearning) }
            }
            return ListRouter(some, maxima: maxima, means: unitMeans, isEmpty: isEmpty, embedDim: width)
        }
        let trained = model(routers)
        recalls = zip(queries, routers).map { some, router in
            RecallMeasurement(
                model: trained, router: router, scanner: scanner, codes: codes, halves: halves, partition: partition
            ).table(some)
        }
        (self.model, self.partition, self.codes, self.halves) = (trained, partition, codes, halves)
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
    /// Some rows in half precision, in this order: `[order, embedDim]`, two bytes a number.
    func halves(_ order: [Int]) -> [UInt8] {
        let block = 1024
        return parallelMap((order.count + block - 1) / block) { task in
            let some = order[task * block..<min((task + 1) * block, order.count)]
            return halfPrecision(some.flatMap { floats[range($0)] }.span)
        }.flatMap(\.self)
    }
}
