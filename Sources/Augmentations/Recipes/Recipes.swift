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
}
