import Foundation

/// The most memory that this process has had resident so far, in bytes; 0 where the system does not tell.
///
/// The kernel's `VmHWM`, which begins anew with every program: `getrusage` tells of whoever started it as well.
public func peakResidentBytes() -> Int {
    #if canImport(Darwin)
        var usage = rusage()
        guard unsafe getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
        return usage.ru_maxrss
    #else
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return 1024 * (line.split(separator: " ").compactMap { Int($0) }.first ?? 0)
    #endif
}

/// Pages of memory that the system has had to give this process so far, reads from files aside.
public func pageFaults() -> Int {
    var usage = rusage()
    #if canImport(Darwin)
        guard unsafe getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
    #else
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    #endif
    return usage.ru_minflt
}
