extension ViewRecipes {
    /// BYOL's two views, one always blurred and one sometimes solarized: Grill et al. 2020, appendix B and table 6.
    ///
    /// - Parameter side: The side of the views, pixels; the blur's kernel is 23 for one of 224.
    public static func byol(side: Int) -> ViewRecipes {
        func view(blur: Float, solarize: Float) -> [any Augmentation] {
            [
                RandomResizedCrop(side: side, scale: 0.08...1),
                RandomFlip(),
                ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1, probability: 0.8),
                RandomGrayscale(probability: 0.2),
                GaussianBlur(kernelSize: side / 10 / 2 * 2 + 1, probability: blur),
                RandomSolarize(probability: solarize),
            ]
        }
        return ViewRecipes([view(blur: 1, solarize: 0), view(blur: 0.1, solarize: 0.2)])
    }
}
