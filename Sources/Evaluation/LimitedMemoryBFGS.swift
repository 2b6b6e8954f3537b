/// Finds the least value of a smooth function: a quasi-Newton method that remembers its last steps.
///
/// Nocedal & Wright 2006, "Numerical Optimization", algorithms 7.4 and 7.5; steps are halved until the value falls
/// enough (their condition 3.4). Deterministic where the function is.
struct LimitedMemoryBFGS {
    /// Steps that are remembered.
    var memory = 10
    /// Steps at most.
    var limit = 1_000
    /// The search ends when no component of the gradient is larger.
    var tolerance = 1e-5

    /// Where the search ended.
    struct Outcome {
        var point: [Double]
        var value: Double
        var steps: Int
    }

    private struct Step {
        var moved, turned: [Double]  // the differences of points and of gradients
        var product: Double  // of the two
    }

    func minimise(
        from start: [Double], _ function: ([Double]) -> (value: Double, gradient: [Double])
    ) -> Outcome {
        var point = start, (value, gradient) = function(start), past: [Step] = []
        for steps in 0..<limit {
            guard gradient.contains(where: { $0.magnitude > tolerance }) else {
                return Outcome(point: point, value: value, steps: steps)
            }
            var direction = Self.direction(gradient, past), slope = Self.dot(direction, gradient)
            if slope >= 0 {  // rounding has spoilt what is remembered
                past = []
                direction = Self.direction(gradient, past)
                slope = Self.dot(direction, gradient)
            }
            var size = past.isEmpty ? min(1, 1 / (-slope).squareRoot()) : 1.0
            var next = Self.sum(point, size, direction), found = function(next), halvings = 0
            while !(found.value <= value + 1e-4 * size * slope) {
                // Where no step is small enough, the value cannot be told from the least one any more.
                guard halvings < 30 else { return Outcome(point: point, value: value, steps: steps) }
                size /= 2
                halvings += 1
                next = Self.sum(point, size, direction)
                found = function(next)
            }
            let step = Self.step(Self.sum(next, -1, point), Self.sum(found.gradient, -1, gradient))
            if step.product > 0 { past = past.suffix(memory - 1) + [step] }
            (point, value, gradient) = (next, found.value, found.gradient)
        }
        return Outcome(point: point, value: value, steps: limit)
    }

    private static func step(_ moved: [Double], _ turned: [Double]) -> Step {
        Step(moved: moved, turned: turned, product: dot(moved, turned))
    }

    /// `−H·gradient`, H being what the past steps tell of the inverse of the second derivatives: algorithm 7.4.
    private static func direction(_ gradient: [Double], _ past: [Step]) -> [Double] {
        var q = gradient, shares: [Double] = []
        for step in past.reversed() {
            let share = dot(step.moved, q) / step.product
            q = sum(q, -share, step.turned)
            shares.append(share)
        }
        if let last = past.last {
            let scale = last.product / dot(last.turned, last.turned)
            q = q.map { $0 * scale }
        }
        for (step, share) in zip(past, shares.reversed()) {
            q = sum(q, share - dot(step.turned, q) / step.product, step.moved)
        }
        return q.map { -$0 }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }

    /// `a + s·b`.
    private static func sum(_ a: [Double], _ s: Double, _ b: [Double]) -> [Double] {
        var sum = a
        for i in a.indices { sum[i] += s * b[i] }
        return sum
    }
}
