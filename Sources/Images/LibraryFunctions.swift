#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// The functions of the C library that pictures need, so that no other file says whose library it is.

package func sine(_ x: Double) -> Double { sin(x) }
package func cosine(_ x: Double) -> Double { cos(x) }
package func exponential(_ x: Double) -> Double { exp(x) }
package func logarithm(_ x: Double) -> Double { log(x) }
func tangent(_ x: Double) -> Double { tan(x) }
func arctangent(_ x: Double) -> Double { atan(x) }
