/// A published way to make views, by the name that an option gives.
public struct ViewPreset: Sendable {
    /// What an option calls it.
    public let name: String
    /// What it is, in a few words for a list.
    public let summary: String
    /// The recipes of views of so many pixels a side.
    public let recipes: @Sendable (_ side: Int) -> ViewRecipes
}

/// Every way to make views that an option can name.
public let viewPresets: [ViewPreset] = [
    ViewPreset(name: "simclr", summary: "two views, Chen et al. 2020") { .simCLR(side: $0) },
    ViewPreset(name: "moco-v2", summary: "two views, weaker colours, Chen et al. 2020") { .mocoV2(side: $0) },
    ViewPreset(name: "moco-v3", summary: "two unlike views, Chen et al. 2021") { .mocoV3(side: $0) },
    ViewPreset(name: "byol", summary: "two unlike views, Grill et al. 2020") { .byol(side: $0) },
    ViewPreset(name: "clip", summary: "one view, nearly whole, Radford et al. 2021") {
        ViewRecipes(repeating: .clip(side: $0), count: 1)
    },
    ViewPreset(name: "dino", summary: "two large and eight small views, Caron et al. 2021") { side in
        // 96 of 224, in whole patches of 16.
        .dino(side: side, localSide: max((side * 3 / 7 + 8) / 16 * 16, 16))
    },
]
