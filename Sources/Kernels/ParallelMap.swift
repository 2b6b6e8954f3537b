/// `[body(0), …, body(count − 1)]`, computed on the threads of `parallelFor`.
public func parallelMap<Result: Sendable>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
    unsafe [Result](unsafeUninitializedCapacity: count) { results, initialized in
        let base = results.baseAddress
        // Sound: every body writes one place of its own, and all have ended before `parallelFor` returns.
        parallelFor(count) { i in
            let result = body(i)
            unsafe base.unsafelyUnwrapped.advanced(by: i).initialize(to: result)
        }
        initialized = count
    }
}
