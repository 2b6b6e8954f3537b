extension Picture {
    /// The picture at another size, antialiased; byte for byte what Pillow's `Image.resize` gives, or torchvision's `resize`
    /// of a tensor.
    public func resized(
        height newHeight: Int, width newWidth: Int, filter: ResizeFilter = .bicubic,
        arithmetic: ResizeArithmetic = .pillow
    ) -> Picture {
        resampled(ResamplePlan(whole, height: newHeight, width: newWidth, filter: filter, arithmetic: arithmetic))
    }

    /// The picture with its shorter side changed to `side` and the longer one in proportion, rounded down as
    /// torchvision and transformers do.
    public func resized(shorterSide side: Int, filter: ResizeFilter = .bicubic) -> Picture {
        let size = whole.size(withShorterSide: side)
        return resized(height: size.height, width: size.width, filter: filter)
    }

    /// The picture with its longer side changed to `side` and the shorter one in proportion, rounded to the nearest
    /// (halves to even) as open_clip does, and at least 1.
    public func resized(
        longerSide side: Int, filter: ResizeFilter = .bicubic, arithmetic: ResizeArithmetic = .pillow
    ) -> Picture {
        let ratio = Double(max(height, width)) / Double(side)
        func scaled(_ length: Int) -> Int { max(Int((Double(length) / ratio).rounded(.toNearestOrEven)), 1) }
        return resized(height: scaled(height), width: scaled(width), filter: filter, arithmetic: arithmetic)
    }

    /// What `resized(shorterSide:)` and then `centerCropped(side)` give, without making the pixels that are cut off.
    /// The shorter side, that of the square where nil, must not be less than that.
    public func resizedAndCenterCropped(
        _ side: Int, shorterSide: Int? = nil, filter: ResizeFilter = .bicubic, arithmetic: ResizeArithmetic = .pillow
    ) -> Picture {
        resampled(
            ResamplePlan(
                whole, shorterSide: shorterSide ?? side, centerCropped: side, filter: filter, arithmetic: arithmetic))
    }

    /// What `cropped(to: region)` and then `resized(height:width:filter:)` give, without making the part; mirrored on
    /// demand, as `flipped()` would do then.
    public func resized(
        _ region: Region, height newHeight: Int, width newWidth: Int, filter: ResizeFilter = .bicubic,
        isFlipped: Bool = false
    ) -> Picture {
        resampled(ResamplePlan(region, height: newHeight, width: newWidth, filter: filter, isFlipped: isFlipped))
    }

    /// A part that may begin and end between pixels, resized; byte for byte Pillow's `Image.resize` with a `box`. Pixels
    /// around the part count where the filter reaches them.
    public func resized(
        rows: Range<Double>, columns: Range<Double>, height newHeight: Int, width newWidth: Int,
        filter: ResizeFilter = .bicubic
    ) -> Picture {
        precondition(newHeight > 0 && newWidth > 0, "cannot resize to \(newHeight) × \(newWidth)")
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= Double(height) && columns.lowerBound >= 0
                && columns.upperBound <= Double(width), "\(rows), \(columns) is not inside \(height) × \(width)")
        func table(_ length: Int, _ box: Range<Double>, _ newLength: Int) -> WeightTable? {
            if box == 0..<Double(length), newLength == length { return nil }
            return WeightTable(resizing: length, box: box, to: newLength, keeping: 0..<newLength, with: filter)
        }
        return resampled(
            ResamplePlan(
                whole, vertical: table(height, rows, newHeight), horizontal: table(width, columns, newWidth)))
    }
}

extension Region {
    /// Its size with the shorter side changed to `side` and the longer one in proportion, rounded down.
    package func size(withShorterSide side: Int) -> (height: Int, width: Int) {
        height < width ? (side, side * width / height) : (side * height / width, side)
    }
}
