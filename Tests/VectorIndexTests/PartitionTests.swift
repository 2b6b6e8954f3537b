import Kernels
import Testing

@testable import VectorIndex

@Suite struct PartitionTests {
    private func rows(_ floats: [Float], embedDim: Int) -> EmbeddingRows {
        EmbeddingRows(embedDim: embedDim, ids: (0..<floats.count / embedDim).map { Int64($0) }, floats: floats)
    }

    @Test(arguments: [1, 2, 3]) func `every row is in exactly one list, and no list is empty`(seed: UInt64) {
        let partition = Partition(rows(cloud(500, embedDim: 8, centres: 3, seed: seed), embedDim: 8), nlist: 90)
        #expect(partition.nlist == 90)
        #expect(partition.order.sorted() == Array(0..<500))
        #expect(zip(partition.starts, partition.starts.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `equal rows still fill every list`() {
        let partition = Partition(rows([Float](repeating: 0.5, count: 40 * 4), embedDim: 4), nlist: 10)
        #expect(zip(partition.starts, partition.starts.dropFirst()).allSatisfy { $0 < $1 })
        #expect(partition.order.sorted() == Array(0..<40))
    }

    @Test func `well separated clouds are not mixed in one list`() {
        let floats = cloud(200, embedDim: 16, centres: 4, seed: 5, spread: 0.05)
        let partition = Partition(rows(floats, embedDim: 16), nlist: 24)
        let routers = unitLength(partition.means(of: rows(floats, embedDim: 16)), width: 16)
        var worst: Float = 1
        for list in 0..<24 {
            let members = partition.order[partition.starts[list]..<partition.starts[list + 1]]
            for row in members {
                let router = routers.span.extracting(list * 16..<list * 16 + 16)
                worst = min(worst, dot(floats.span.extracting(row * 16..<row * 16 + 16), router))
            }
        }
        #expect(worst > 0.95)
    }

    @Test func `the same rows give the same lists for any number of threads`() {
        let rows = rows(cloud(600, embedDim: 12, centres: 5, seed: 9), embedDim: 12)
        let threads = threadCount
        setThreadCount(1)
        let one = Partition(rows, nlist: 20)
        setThreadCount(7)
        let seven = Partition(rows, nlist: 20)
        setThreadCount(threads)
        #expect(one.order == seven.order)
        #expect(one.means(of: rows) == seven.means(of: rows))
    }

    @Test func `the usual number of lists grows with the root of the count`() {
        #expect(Partition.usualNlist(count: 1) == 1)
        #expect(Partition.usualNlist(count: 20_000) == 832)
        #expect(Partition.usualNlist(count: 500_000) == 4224)
    }
}
