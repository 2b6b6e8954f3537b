public import Images

extension [any Augmentation] {
    /// What a picture goes through to become one of SimCLR's views: Chen et al. 2020, appendix A, with colour distortion of
    /// strength `strength`.
    ///
    /// - Parameters:
    ///   - side: The side of the result, pixels; the blur's kernel is a tenth of it.
    ///   - strength: 1 for ImageNet, 0.5 for pictures as small as CIFAR's, which are not blurred there (appendix B.9).
    ///   - isBlurred: Whether every second view is blurred.
    ///   - filter: How the crop is resized.
    public static func simCLR(
        side: Int, strength: Float = 1, isBlurred: Bool = true, filter: ResizeFilter = .bicubic
    ) -> Self {
        let distorted: Self = [
            RandomResizedCrop(side: side, scale: 0.08...1, filter: filter),
            RandomFlip(),
            ColorJitter(
                brightness: 0.8 * strength, contrast: 0.8 * strength, saturation: 0.8 * strength, hue: 0.2 * strength,
                probability: 0.8),
            RandomGrayscale(probability: 0.2),
        ]
        let blur: Self = isBlurred ? [GaussianBlur(kernelSize: side / 10 / 2 * 2 + 1, probability: 0.5)] : []
        return distorted + blur
    }
}

extension ViewRecipes {
    /// SimCLR's two views, drawn alike.
    public static func simCLR(side: Int, strength: Float = 1, isBlurred: Bool = true) -> ViewRecipes {
        ViewRecipes(repeating: .simCLR(side: side, strength: strength, isBlurred: isBlurred), count: 2)
    }
}
