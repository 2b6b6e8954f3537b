public import Images

extension [any Augmentation] {
    /// What OpenAI's CLIP and open_clip train with: a crop of at least `scale` of the area, and nothing else.
    ///
    /// Radford et al. 2021, section 2.3 ("a random square crop from resized images is the only data augmentation");
    /// open_clip's `AugmentationCfg`. With `jitter`, colours change in four of five pictures and are taken away in one of
    /// five, as open_clip does when it is told `color_jitter` and `gray_scale_prob`.
    ///
    /// - Parameters:
    ///   - side: The side of the result, pixels.
    ///   - scale: The share of the area that is kept.
    ///   - filter: How the crop is resized.
    ///   - jitter: Whether colours change too.
    public static func clip(
        side: Int, scale: ClosedRange<Float> = 0.9...1, filter: ResizeFilter = .bicubic, jitter: Bool = false
    ) -> Self {
        let crop: Self = [RandomResizedCrop(side: side, scale: scale, filter: filter)]
        guard jitter else { return crop }
        let colours: Self = [
            ColorJitter(brightness: 0.32, contrast: 0.32, saturation: 0.32, hue: 0.08, probability: 0.8),
            RandomGrayscale(probability: 0.2),
        ]
        return crop + colours
    }
}
