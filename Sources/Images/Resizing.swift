extension Picture {
    /// The picture at another size, antialiased; byte for byte what Pillow's `Image.resize` gives.
    public func resized(height newHeight: Int, width newWidth: Int, filter: ResizeFilter = .bicubic) -> Picture {
        resized(height: newHeight, width: newWidth, filter: filter, keepingRows: 0..<newHeight, columns: 0..<newWidth)
    }

    /// The picture with its shorter side changed to `side` and the longer one in proportion, rounded down as
    /// torchvision and transformers do.
    public func resized(shorterSide side: Int, filter: ResizeFilter = .bicubic) -> Picture {
        let size = size(withShorterSide: side)
        return resized(height: size.height, width: size.width, filter: filter)
    }

    /// The picture with its longer side changed to `side` and the shorter one in proportion, rounded to the nearest
    /// (halves to even) as open_clip does, and at least 1.
    public func resized(longerSide side: Int, filter: ResizeFilter = .bicubic) -> Picture {
        let ratio = Double(max(height, width)) / Double(side)
        func scaled(_ length: Int) -> Int { max(Int((Double(length) / ratio).rounded(.toNearestOrEven)), 1) }
        return resized(height: scaled(height), width: scaled(width), filter: filter)
    }

    /// What `resized(shorterSide:)` and then `centerCropped(side)` give, without making the pixels that are cut off.
    /// The shorter side, that of the square where nil, must not be less than that.
    public func resizedAndCenterCropped(
        _ side: Int, shorterSide: Int? = nil, filter: ResizeFilter = .bicubic
    ) -> Picture {
        let size = size(withShorterSide: shorterSide ?? side)
        precondition(min(size.height, size.width) >= side, "a square of \(side) is not inside \(size)")
        let top = (size.height - side) / 2, left = (size.width - side) / 2
        return resized(
            height: size.height, width: size.width, filter: filter, keepingRows: top..<top + side,
            columns: left..<left + side)
    }

    private func size(withShorterSide side: Int) -> (height: Int, width: Int) {
        height < width ? (side, side * width / height) : (side * height / width, side)
    }

    private func resized(
        height newHeight: Int, width newWidth: Int, filter: ResizeFilter, keepingRows rows: Range<Int>,
        columns: Range<Int>
    ) -> Picture {
        precondition(newHeight > 0 && newWidth > 0, "cannot resize to \(newHeight) × \(newWidth)")
        let vertical =
            newHeight == height && rows.count == height
            ? nil : WeightTable(resizing: height, to: newHeight, keeping: rows, with: filter)
        let horizontal =
            newWidth == width && columns.count == width
            ? nil : WeightTable(resizing: width, to: newWidth, keeping: columns, with: filter)
        return resampled(rows: vertical, columns: horizontal)
    }

    /// Blurs with a Gaussian of deviation `sigma` pixels over `kernelSize` × `kernelSize` pixels, an odd number; edges
    /// are mirrored. As torchvision's `gaussian_blur`, but rounded to 8 bit between the two directions.
    public func blurred(sigma: Float, kernelSize: Int) -> Picture {
        precondition(kernelSize > 0 && kernelSize % 2 == 1 && sigma > 0, "found kernel \(kernelSize), sigma \(sigma)")
        func table(_ length: Int) -> WeightTable {
            WeightTable(blurring: length, sigma: Double(sigma), reach: min(kernelSize / 2, length - 1))
        }
        return resampled(rows: table(height), columns: table(width))
    }
}
