import Augmentations
import Failures
import Images
import Tensors

/// What a batch does to each picture: the recipe of pairs, where there is one, and those of further views.
struct BatchRecipes: Sendable {
    /// What is done to every picture of a pair.
    let pairs: [any Augmentation]?
    /// What makes further views of every picture.
    let views: [[any Augmentation]]
    /// What the recipes do with luck, that of pairs first.
    private let drawn: [[any Augmentation]]
    /// What they do without, each once, and which of them each recipe begins with.
    private let fixed: [[any Augmentation]]
    private let places: [Int]

    init(pairs: [any Augmentation]?, views: [[any Augmentation]]) {
        (self.pairs, self.views) = (pairs, views)
        let parts = ((pairs.map { [$0] } ?? []) + views).map(\.parts)
        var names: [String] = [], fixed: [[any Augmentation]] = [], places: [Int] = []
        for part in parts {
            let name = String(reflecting: part.fixed)  // all that there is to an augmentation is in its description
            if !names.contains(name) {
                names.append(name)
                fixed.append(part.fixed)
            }
            places.append(names.firstIndex(of: name) ?? 0)
        }
        drawn = parts.map(\.drawn)
        (self.fixed, self.places) = (fixed, places)
    }

    /// Tells what is kept of a picture from what other recipes keep.
    var purpose: String { String(reflecting: fixed) }

    /// A picture after each fixed part.
    func versions(of picture: Picture) -> [Picture] {
        var none = SeededRandom(seed: 0, purpose: .augmentation)  // not drawn from
        return fixed.map { $0.apply(to: picture, using: &none) }
    }

    /// The recipe that is all that a batch does to a picture, where there is no other: then no more of a picture need be
    /// decoded than its crop.
    var only: [any Augmentation]? { drawn.count == 1 ? pairs ?? views[0] : nil }

    /// The luck of one recipe, that of pairs first. Each view has luck of its own, whatever else a batch holds.
    func luck(_ recipe: Int, seed: UInt64, epoch: Int, item: Int) -> SeededRandom {
        let view = pairs == nil ? recipe : recipe - 1
        return view < 0
            ? SeededRandom(seed: seed, purpose: .augmentation, epoch: epoch, item: item)
            : SeededRandom(seed: seed, purpose: .views, epoch: epoch, item: item * views.count + view)
    }

    /// What each recipe makes of a picture's versions, that of pairs first.
    func made(of versions: [Picture], seed: UInt64, epoch: Int, item: Int) -> [Picture] {
        drawn.indices.map { recipe in
            var luck = luck(recipe, seed: seed, epoch: epoch, item: item)
            return drawn[recipe].apply(to: versions[places[recipe]], using: &luck)
        }
    }
}
