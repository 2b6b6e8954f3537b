#if canImport(Glibc)
    import CIntrinsics
    import Glibc
#endif

/// Floats owned by exactly one place: no copies, no reference counts, freed when the value leaves scope.
///
/// The memory is aligned to a cache line. Spans of it are lent for the length of a closure; ranges that are written
/// never overlap ranges that are read in the same call, which is checked.
@safe public struct FloatBuffer: ~Copyable, @unchecked Sendable {
    // Sendable: the pointer is owned by one value, and Swift's exclusivity rules govern that value.
    private var floats: UnsafeMutableBufferPointer<Float>

    /// Buffers of so many floats are mapped: they grow without a second copy, in pages of 2 MB, and take memory only where
    /// they are written.
    private static var smallestMapped: Int { 1 << 20 }

    /// `count` zeros.
    public init(count: Int) {
        if let base = unsafe Self.map(count) {
            unsafe floats = UnsafeMutableBufferPointer(start: base, count: count)
            return
        }
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
        let base = unsafe bytes.initializeMemory(as: Float.self, repeating: 0, count: count)
        unsafe floats = UnsafeMutableBufferPointer(start: base, count: count)
    }

    deinit {
        #if canImport(Glibc)
            if count >= Self.smallestMapped {
                unsafe munmap(floats.baseAddress, count * 4)
                return
            }
        #endif
        unsafe UnsafeMutableRawPointer(floats.baseAddress)?.deallocate()
    }

    /// Memory of zeros from the system; nil where there are too few floats for it, or the system has another way.
    private static func map(_ count: Int) -> UnsafeMutablePointer<Float>? {
        #if canImport(Glibc)
            guard count >= smallestMapped else { return nil }
            let bytes = unsafe mmap(nil, count * 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let bytes = unsafe bytes, unsafe bytes != MAP_FAILED else {
                fatalError("out of memory: \(count) floats")
            }
            unsafe madvise(bytes, count * 4, MADV_HUGEPAGE)
            return unsafe bytes.bindMemory(to: Float.self, capacity: count)
        #else
            return nil
        #endif
    }

    /// The number of floats.
    public var count: Int { unsafe floats.count }

    /// Makes room for at least `count` floats, keeping the first `kept`; those behind may hold anything.
    public mutating func grow(to count: Int, keeping kept: Int) {
        guard count > self.count else { return }
        #if canImport(Glibc)
            if self.count >= Self.smallestMapped {
                guard let moved = unsafe clip_remap(floats.baseAddress, self.count * 4, count * 4) else {
                    fatalError("out of memory: \(count) floats")
                }
                unsafe madvise(moved, count * 4, MADV_HUGEPAGE)
                unsafe floats = UnsafeMutableBufferPointer(
                    start: moved.bindMemory(to: Float.self, capacity: count), count: count)
                return
            }
        #endif
        var larger = FloatBuffer(count: count)
        unsafe larger.floats.baseAddress.unsafelyUnwrapped.update(
            from: floats.baseAddress.unsafelyUnwrapped, count: min(kept, self.count))
        swap(&self, &larger)
    }

    /// Lends all floats for reading.
    public func read<Result, E: Error>(_ body: (Span<Float>) throws(E) -> Result) throws(E) -> Result {
        try body(unsafe UnsafeBufferPointer(floats).span)
    }

    /// Lends one range for writing.
    public mutating func write<Result, E: Error>(
        _ range: Range<Int>, _ body: (inout MutableSpan<Float>) throws(E) -> Result
    ) throws(E) -> Result {
        var target = unsafe floats.extracting(range).mutableSpan
        return try body(&target)
    }

    /// Writes `range` while reading all that lies behind it. The two cannot overlap.
    public mutating func append(_ range: Range<Int>, _ body: (Span<Float>, inout MutableSpan<Float>) -> Void) {
        var target = unsafe floats.extracting(range).mutableSpan
        body(unsafe UnsafeBufferPointer(floats.extracting(..<range.lowerBound)).span, &target)
    }

    /// Writes two ranges while reading all that lies behind the first. They must not overlap.
    public mutating func append(
        _ range: Range<Int>, _ second: Range<Int>,
        _ body: (Span<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>) -> Void
    ) {
        precondition(range.upperBound <= second.lowerBound, "\(range) must lie before \(second)")
        var target = unsafe floats.extracting(range).mutableSpan, other = unsafe floats.extracting(second).mutableSpan
        body(unsafe UnsafeBufferPointer(floats.extracting(..<range.lowerBound)).span, &target, &other)
    }

    /// Copies a range to where `offset` begins; the two may overlap.
    public mutating func move(_ range: Range<Int>, to offset: Int) {
        let source = unsafe floats.extracting(range), target = unsafe floats.extracting(offset..<offset + range.count)
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        unsafe to.update(from: from, count: range.count)
    }

    /// Writes one range while reading another. They must not overlap.
    public mutating func update(
        _ range: Range<Int>, reading source: Range<Int>, _ body: (Span<Float>, inout MutableSpan<Float>) -> Void
    ) {
        precondition(!range.overlaps(source), "\(range) overlaps \(source)")
        var target = unsafe floats.extracting(range).mutableSpan
        body(unsafe UnsafeBufferPointer(floats.extracting(source)).span, &target)
    }

    /// Writes up to four ranges while reading another; an unused one is empty. None may overlap another.
    public mutating func update(
        _ ranges: (Range<Int>, Range<Int>, Range<Int>, Range<Int>), reading source: Range<Int>,
        _ body: (
            Span<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>,
            inout MutableSpan<Float>
        ) -> Void
    ) {
        let all = [source, ranges.0, ranges.1, ranges.2, ranges.3]
        for i in all.indices {
            for j in 0..<i { precondition(!all[i].overlaps(all[j]), "\(all[i]) overlaps \(all[j])") }
        }
        var first = unsafe floats.extracting(ranges.0).mutableSpan,
            second = unsafe floats.extracting(ranges.1).mutableSpan
        var third = unsafe floats.extracting(ranges.2).mutableSpan,
            fourth = unsafe floats.extracting(ranges.3).mutableSpan
        body(unsafe UnsafeBufferPointer(floats.extracting(source)).span, &first, &second, &third, &fourth)
    }
}
