import PixelInterface

extension Picture {
    /// Blurs with a Gaussian of deviation `sigma` pixels over `kernelSize` × `kernelSize` pixels, an odd number; edges
    /// are mirrored, without repeating the edge pixel. As torchvision's `gaussian_blur`, but with weights of whole 2⁻¹⁵ and
    /// 8 bit between the two directions: within one level.
    public func blurred(sigma: Float, kernelSize: Int) -> Picture {
        precondition(kernelSize > 0 && kernelSize % 2 == 1 && sigma > 0, "found kernel \(kernelSize), sigma \(sigma)")
        func kernel(_ length: Int) -> HalfKernel {
            HalfKernel(sigma: Double(sigma), reach: min(kernelSize / 2, length - 1))
        }
        let columns = kernel(height), rows = kernel(width)
        if columns.reach == 0, rows.reach == 0 { return self }
        // Sound: the kernels reach no further than the picture, and all of the target is written.
        let blurred = unsafe [UInt8](unsafeUninitializedCapacity: pixels.count) { target, initialized in
            let scratch = 3 * (width + 2 * rows.reach) + 64
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: scratch) { scratch in
                unsafe pixels.withUnsafeBufferPointer { source in
                    unsafe columns.weights.withUnsafeBufferPointer { columnWeights in
                        unsafe rows.weights.withUnsafeBufferPointer { rowWeights in
                            guard let source = source.baseAddress, let target = target.baseAddress,
                                let scratch = scratch.baseAddress, let columnWeights = columnWeights.baseAddress,
                                let rowWeights = rowWeights.baseAddress
                            else { return }
                            unsafe loops.blur(
                                Blurring(
                                    pixels: source, height: height, width: width, columns: columnWeights,
                                    columnReach: columns.reach, rows: rowWeights, rowReach: rows.reach,
                                    target: target, scratch: scratch))
                        }
                    }
                }
            }
            initialized = pixels.count
        }
        return Picture(height: height, width: width, pixels: blurred)
    }
}

/// A symmetric kernel from its middle to its end, in whole 2⁻¹⁵; without what rounds to nothing at its end.
private struct HalfKernel {
    var weights: [Int16]
    var reach: Int { weights.count - 1 }

    /// A Gaussian of deviation `sigma`, cut off `reach` pixels from its centre, whose sum is 1.
    init(sigma: Double, reach: Int) {
        let shape = (0...reach).map { exponential(-0.5 * (Double($0) / sigma) * (Double($0) / sigma)) }
        let sum = shape[0] + 2 * shape.dropFirst().reduce(0, +)
        var whole = shape.map { Int(($0 / sum * 32_768).rounded()) }
        while whole.count > 1, whole.last == 0 { whole.removeLast() }
        // The middle takes what rounding left over, so that one colour stays as it is. A middle that is all is no blur.
        whole[0] = 32_768 - 2 * whole.dropFirst().reduce(0, +)
        weights = whole.count == 1 ? [Int16.max] : whole.map { Int16($0) }
    }
}
