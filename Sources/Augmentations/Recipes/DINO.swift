extension ViewRecipes {
    /// DINO's two global views and its small local ones: Caron et al. 2021, section 3.1 ("multi-crop") and appendix E, with
    /// the numbers of its code for a vision transformer.
    ///
    /// Its code blurs with Pillow's three boxes, which come near the Gaussian that is used here.
    ///
    /// - Parameters:
    ///   - side: The side of the two global views, pixels.
    ///   - localSide: That of the local ones, 96 for global ones of 224; a multiple of the patch size.
    ///   - localCrops: How many local views there are.
    ///   - split: The share of the area below which a crop is local.
    public static func dino(
        side: Int, localSide: Int, localCrops: Int = 8, split: Float = 0.4
    ) -> ViewRecipes {
        func view(
            side: Int, _ scale: ClosedRange<Float>, blur: Float, _ rest: [any Augmentation] = []
        ) -> [any Augmentation] {
            let distorted: [any Augmentation] = [
                RandomResizedCrop(side: side, scale: scale),
                RandomFlip(),
                ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1, probability: 0.8),
                RandomGrayscale(probability: 0.2),
                GaussianBlur(kernelSize: 17, probability: blur),
            ]
            return distorted + rest
        }
        let first = view(side: side, split...1, blur: 1)
        let second = view(side: side, split...1, blur: 0.1, [RandomSolarize(probability: 0.2)])
        let local = view(side: localSide, 0.05...split, blur: 0.5)
        return ViewRecipes([first, second] + Array(repeating: local, count: localCrops))
    }
}
