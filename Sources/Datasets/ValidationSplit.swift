import Failures
import Images
import Tensors

/// Chooses the samples for validation where the data has no list: groups of alike pictures stay on one side.
enum ValidationSplit {
    /// What looking at every picture once gave.
    struct Outcome {
        var partition: Partition
        var skipped: [Skipped] = []
        var groupCount = 0
    }

    /// Decodes and hashes the pictures of `candidates`, then draws whole groups until `share` of them, at most `limit`,
    /// is for validation. The draw depends on the data alone, so that runs with other seeds can be compared.
    static func choose(
        _ candidates: [Int], from reader: any DatasetReader, share: Float, limit: Int, workers: Int,
        progress: (@Sendable (Int, Int) -> Void)?
    ) -> Outcome {
        var usable: [Int] = [], hashes: [UInt64] = [], skipped: [Skipped] = []
        let chunk = 32
        let work = OrderedWorkers(count: (candidates.count + chunk - 1) / chunk, workers: workers, ahead: 4 * workers) {
            number in
            candidates[number * chunk..<min(candidates.count, (number + 1) * chunk)].map { hash($0, reader) }
        }
        while let results = work.next() {
            for result in results {
                switch result {
                case .success(let hash):
                    usable.append(hash.index)
                    hashes.append(hash.value)
                case .failure(let bad): skipped.append(bad.sample)
                }
            }
            progress?(usable.count + skipped.count, candidates.count)
        }
        let groups = NearDuplicates.groups(hashes)
        let wanted = min(Int((Float(usable.count) * share).rounded()), limit)
        let isHeld = draw(groups, wanted: wanted)
        let partition = Partition(
            training: usable.indices.filter { !isHeld.contains(groups[$0]) }.map { usable[$0] },
            validation: usable.indices.filter { isHeld.contains(groups[$0]) }.map { usable[$0] }, source: "drawn")
        return Outcome(partition: partition, skipped: skipped, groupCount: Set(groups).count)
    }

    private struct Bad: Error { var sample: Skipped }

    private static func hash(_ index: Int, _ reader: any DatasetReader) -> Result<(index: Int, value: UInt64), Bad> {
        var name = "sample \(index)"
        do throws(Failure) {
            let sample = try reader.sample(at: index)
            name = sample.name
            return .success((index, try sample.loadPicture(atLeast: 32).picture.perceptualHash))
        } catch { return .failure(Bad(sample: Skipped(name: name, reason: error.why))) }
    }

    /// Groups for validation: in random order, each if it fits into what is still wanted.
    private static func draw(_ groups: [Int], wanted: Int) -> Set<Int> {
        var sizes: [Int: Int] = [:]
        for group in groups { sizes[group, default: 0] += 1 }
        let numbers = sizes.keys.sorted()
        var random = SeededRandom(seed: 0, purpose: .split), held: Set<Int> = [], count = 0
        for place in random.permutation(numbers.count) {
            let size = sizes[numbers[place]] ?? 0
            if count + size <= wanted {
                held.insert(numbers[place])
                count += size
            }
        }
        return held
    }
}
