import KernelInterface

/// The span's first float.
///
/// Sound where the pointer is used only while the function that was handed the span runs: the span keeps the memory.
@inline(__always) func pointer(_ span: Span<Float>) -> In {
    guard let base = unsafe span.withUnsafeBufferPointer({ $0.baseAddress }) else { return unsafe In(nowhere) }
    return unsafe base
}

/// The span's first float, for writing; sound as above.
@inline(__always) func pointer(_ span: inout MutableSpan<Float>) -> Out {
    guard let base = unsafe span.withUnsafeMutableBufferPointer({ $0.baseAddress }) else {
        return unsafe nowhere
    }
    return unsafe base
}

/// The first number of a span; sound as above.
@inline(__always) func start<Number>(_ span: Span<Number>) -> UnsafePointer<Number> {
    guard let base = unsafe span.withUnsafeBufferPointer({ $0.baseAddress }) else {
        return unsafe UnsafePointer<Number>(bitPattern: 64).unsafelyUnwrapped
    }
    return unsafe base
}

/// The first byte of a span; sound as above.
@inline(__always) func start(_ span: RawSpan) -> UnsafeRawPointer {
    guard let base = unsafe span.withUnsafeBytes({ $0.baseAddress }) else { return unsafe UnsafeRawPointer(nowhere) }
    return unsafe base
}

/// Where the pointer of an empty span points; nothing is read or written there.
var nowhere: Out { unsafe Out(bitPattern: 64).unsafelyUnwrapped }

/// Says which shapes disagree before a pointer could run past its end.
@inline(__always) func check(_ what: StaticString, _ found: Int, is expected: Int) {
    precondition(found == expected, "\(what): found \(found) floats, expected \(expected)")
}

extension MutableSpan where Element == Float {
    /// Sets all floats to `value`.
    package mutating func fill(_ value: Float) { update(repeating: value) }

    /// Takes over the floats of `source`, of the same length.
    package mutating func copy(_ source: Span<Float>) {
        check("copied floats", source.count, is: count)
        unsafe pointer(&self).update(from: pointer(source), count: count)
    }

    /// Lends a part for writing.
    package mutating func lend(_ range: Range<Int>, _ body: (inout MutableSpan<Float>) -> Void) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) lies outside \(count) floats")
        // Sound: the part is used only while this span is borrowed for writing.
        let part = unsafe UnsafeMutableBufferPointer(start: pointer(&self) + range.lowerBound, count: range.count)
        var lent = unsafe part.mutableSpan
        body(&lent)
    }
}

/// Cuts `span` into rows of `width` and lends them, `rowsPerTask` at a time, to `body` on the pool's threads:
/// (the first row's number, the rows).
package func parallelRows(
    of span: inout MutableSpan<Float>, width: Int, rowsPerTask: Int, _ body: (Int, inout MutableSpan<Float>) -> Void
) {
    let rows = width == 0 ? 0 : span.count / width, base = unsafe pointer(&span)
    // Sound: the tasks' pieces do not overlap, and all tasks end before this function does.
    parallelFor((rows + rowsPerTask - 1) / rowsPerTask) { task in
        let first = task * rowsPerTask, count = min(rowsPerTask, rows - first)
        let piece = unsafe UnsafeMutableBufferPointer(start: base + first * width, count: count * width)
        var lent = unsafe piece.mutableSpan
        body(first, &lent)
    }
}

extension [UInt8] {
    /// Lends all bytes for reading.
    package func read<Result>(_ body: (RawSpan) -> Result) -> Result { body(unsafe span.bytes) }
}
