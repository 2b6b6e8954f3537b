import KernelInterface

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Floats that a thread keeps for itself between calls, so that a kernel needs no allocation once it has run.
///
enum ThreadScratch {
    /// Separate pieces: what the calling thread prepares for all (packed weights, rows that are made for a while), and
    /// what a task needs for itself.
    enum Piece { case packed, rows, own }

    @safe private final class Floats {
        var packed = unsafe UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
        var rows = unsafe UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
        var own = unsafe UnsafeMutableBufferPointer<Float>(start: nil, count: 0)

        deinit {
            unsafe packed.deallocate()
            unsafe rows.deallocate()
            unsafe own.deallocate()
        }

        func floats(_ piece: ReferenceWritableKeyPath<Floats, UnsafeMutableBufferPointer<Float>>, _ count: Int) -> Out {
            if unsafe self[keyPath: piece].count < count {
                unsafe self[keyPath: piece].deallocate()
                let bytes = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
                let base = unsafe bytes.bindMemory(to: Float.self, capacity: count)
                unsafe self[keyPath: piece] = UnsafeMutableBufferPointer(start: base, count: count)
            }
            return unsafe self[keyPath: piece].baseAddress.unsafelyUnwrapped
        }
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        unsafe pthread_key_create(&key) { value in
            #if canImport(Darwin)
                unsafe Unmanaged<AnyObject>.fromOpaque(value).release()
            #else
                if let value = unsafe value { unsafe Unmanaged<AnyObject>.fromOpaque(value).release() }
            #endif
        }
        return key
    }()

    /// At least `count` floats of any content, this thread's until it asks for the same piece again.
    static func floats(_ piece: Piece, _ count: Int) -> Out {
        let mine: Floats
        if let value = unsafe pthread_getspecific(key) {
            mine = unsafe Unmanaged<Floats>.fromOpaque(value).takeUnretainedValue()
        } else {
            mine = Floats()
            unsafe pthread_setspecific(key, Unmanaged.passRetained(mine).toOpaque())
        }
        return switch piece {
        case .packed: unsafe mine.floats(\.packed, max(count, 1))
        case .rows: unsafe mine.floats(\.rows, max(count, 1))
        case .own: unsafe mine.floats(\.own, max(count, 1))
        }
    }
}
