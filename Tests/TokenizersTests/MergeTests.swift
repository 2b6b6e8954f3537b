import Testing

@testable import Tokenizers

@Suite struct MergeTests {
    private func merged(_ symbols: [Int32], _ merges: [(Int32, Int32, Int32)]) -> [Int32] {
        let table = MergeTable(merges.map { Merge(pair: Pair(left: $0.0, right: $0.1), joined: $0.2) })
        var merger = WordMerger(), ids: [Int32] = []
        merger.append(symbols, using: table, to: &ids)
        return ids
    }

    @Test func `the best merge goes first, wherever it stands`() {
        #expect(merged([1, 2, 3], [(2, 3, 9), (1, 2, 8)]) == [1, 9])
        #expect(merged([1, 2, 3], [(1, 2, 8), (2, 3, 9)]) == [8, 3])
        #expect(merged([1, 2, 3], [(2, 3, 9), (1, 9, 7)]) == [7])
    }

    @Test func `of equals the leftmost goes first`() {
        #expect(merged([1, 1, 1], [(1, 1, 2)]) == [2, 1])
        #expect(merged([1, 1, 1, 1, 1], [(1, 1, 2), (2, 2, 3)]) == [3, 1])
    }

    @Test func `words without a merge stay as they are`() {
        #expect(merged([5], [(1, 2, 8)]) == [5])
        #expect(merged([2, 1], [(1, 2, 8)]) == [2, 1])
    }

    @Test func `a heap gives its elements in order`() {
        var heap = Heap<Int>()
        let numbers = (0..<100).map { $0 * 37 % 101 }
        for number in numbers { heap.push(number) }
        var found: [Int] = []
        while let number = heap.pop() { found.append(number) }
        #expect(found == numbers.sorted())
    }
}
