import Images

extension ViewRecipes {
    /// MoCo v2's two views, drawn alike: Chen et al. 2020 ("Improved baselines with momentum contrastive learning"),
    /// section 3, with the numbers of its code (`--aug-plus`).
    ///
    /// Its code blurs with Pillow's three boxes, which come near the Gaussian that is used here.
    public static func mocoV2(side: Int) -> ViewRecipes {
        ViewRecipes(
            repeating: [
                RandomResizedCrop(side: side, scale: 0.2...1, filter: .bilinear),
                ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.8),
                RandomGrayscale(probability: 0.2),
                GaussianBlur(kernelSize: 17, probability: 0.5),
                RandomFlip(),
            ], count: 2)
    }

    /// MoCo v3's two views, one always blurred and one sometimes solarized: Chen, Xie and He 2021 ("An empirical study of
    /// training self-supervised vision transformers"), section 4, with the numbers of its code.
    ///
    /// - Parameters:
    ///   - side: The side of the views, pixels.
    ///   - leastShare: The least share of the area that a crop keeps (`--crop-min`): 0.08 for transformers, 0.2 for ResNets.
    public static func mocoV3(side: Int, leastShare: Float = 0.08) -> ViewRecipes {
        func view(blur: Float, _ rest: [any Augmentation] = []) -> [any Augmentation] {
            let distorted: [any Augmentation] = [
                RandomResizedCrop(side: side, scale: leastShare...1, filter: .bilinear),
                ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1, probability: 0.8),
                RandomGrayscale(probability: 0.2),
                GaussianBlur(kernelSize: 17, probability: blur),
            ]
            let flip: [any Augmentation] = [RandomFlip()]
            return distorted + rest + flip
        }
        return ViewRecipes([view(blur: 1), view(blur: 0.1, [RandomSolarize(probability: 0.2)])])
    }
}
