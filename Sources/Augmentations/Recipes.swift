/// Recipes: arrays of augmentations, first to last. Each ends with a picture of `side` × `side` pixels.
extension [any Augmentation] {
    /// What a picture goes through to be embedded: no luck, the preprocessing alone.
    public static func evaluation(_ preprocessing: Preprocessing) -> Self { [Resize(preprocessing)] }

    /// What a picture goes through in contrastive training with captions.
    ///
    /// Pictures that are seen whole (`longest`, `squash`) are made an eighth larger than needed and cropped at random;
    /// others get a random resized crop of at least `scale` of their area, as open_clip does, after being shrunk to twice
    /// the side.
    ///
    /// - Parameters:
    ///   - scale: The share of the area that a crop of `shortest` keeps.
    ///   - flips: Whether left and right may change places; not where captions tell them apart.
    public static func training(
        _ preprocessing: Preprocessing, scale: ClosedRange<Float> = 0.9...1, flips: Bool = true
    ) -> Self {
        let side = preprocessing.side
        let flip: Self = flips ? [RandomFlip()] : []
        if preprocessing.resizeMode == .shortest {
            let crop = RandomResizedCrop(side: side, scale: scale, filter: preprocessing.interpolation)
            return [Shrink(shorterSide: 2 * side), crop] + flip
        }
        var resize = Resize(preprocessing)
        resize.side = side + side / 8
        return [resize, RandomCrop(side: side)] + flip
    }

    /// What a picture goes through to become one of two views: Chen et al. 2020 (SimCLR), appendix A, with colour
    /// distortion of strength `strength`.
    public static func simCLR(side: Int, strength: Float = 1) -> Self {
        [
            RandomResizedCrop(side: side, scale: 0.08...1),
            RandomFlip(),
            ColorJitter(
                brightness: 0.8 * strength, contrast: 0.8 * strength, saturation: 0.8 * strength, hue: 0.2 * strength,
                probability: 0.8),
            RandomGrayscale(probability: 0.2),
            GaussianBlur(kernelSize: side / 10 / 2 * 2 + 1, sigma: 0.1...2, probability: 0.5),
        ]
    }
}
