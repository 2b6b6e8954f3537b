public import Images
public import Tensors

/// One recipe a view: what a picture goes through to be seen several times at once. It is saved as a list of recipes.
///
/// Views may differ in what is done to them, as BYOL's two do, and in their size, as DINO's global and local crops do.
public struct ViewRecipes: Codable, Sendable {
    /// The recipe of each view, first to last.
    public var recipes: [[any Augmentation]]

    /// Views of these recipes.
    public init(_ recipes: [[any Augmentation]]) { self.recipes = recipes }

    /// `count` views of one recipe.
    public init(repeating recipe: [any Augmentation], count: Int) {
        precondition(count >= 0, "found \(count) views, expected 0 or more")
        recipes = Array(repeating: recipe, count: count)
    }

    /// How many views there are.
    public var count: Int { recipes.count }

    /// Every view of the picture, in order. Each draws from the generator behind the one before it.
    public func views(of picture: Picture, using random: inout SeededRandom) -> [Picture] {
        var views: [Picture] = []
        views.reserveCapacity(count)
        for recipe in recipes { views.append(recipe.apply(to: picture, using: &random)) }
        return views
    }

    /// The steps at the head of all recipes that draw no luck, which need be done but once, and what then is left.
    ///
    /// A step is shared where every recipe has it with the same settings.
    public var parts: (fixed: [any Augmentation], views: ViewRecipes) {
        guard let first = recipes.first else { return ([], self) }
        let shared = first.parts.fixed.indices.prefix { place in
            recipes.allSatisfy { place < $0.parts.fixed.count && first[place].isSame(as: $0[place]) }
        }
        return (Array(first[..<shared.count]), ViewRecipes(recipes.map { Array($0.dropFirst(shared.count)) }))
    }

    /// Reads a list of recipes.
    public init(from decoder: any Decoder) throws { recipes = try [SavedRecipe](from: decoder).map(\.steps) }

    /// Writes a list of recipes.
    public func encode(to encoder: any Encoder) throws { try recipes.map { SavedRecipe($0) }.encode(to: encoder) }
}

extension Augmentation {
    /// Whether the other is of this kind and has these settings: all that there is to an augmentation is in its description.
    fileprivate func isSame(as other: any Augmentation) -> Bool {
        other is Self && String(reflecting: self) == String(reflecting: other)
    }
}
