import Failures
import Foundation
import Processor

/// Sees that this processor has what loops are compiled for, and takes the instruction level that `CLIP_CPU_LEVEL` names, if
/// it names one: to see what a lesser processor would do.
///
/// - Throws: `.unsupportedProcessor`.
func chooseProcessorLevel() throws(Failure) {
    try chooseProcessorLevel(ProcessInfo.processInfo.environment["CLIP_CPU_LEVEL"], of: InstructionLevel.available)
}

/// The same for a level's name, nil where none is named, and the levels that the processor has.
func chooseProcessorLevel(_ name: String?, of available: [String]) throws(Failure) {
    guard !available.isEmpty else {
        throw Failure(
            .unsupportedProcessor, "cannot run", at: "this processor", because: "it lacks AVX2 and FMA",
            try: "use a processor of 2015 or later")
    }
    guard let name, !InstructionLevel.use(name) else { return }
    throw Failure(
        .unsupportedProcessor, "cannot use instruction level", at: "CLIP_CPU_LEVEL",
        because: "found \(name), this processor has \(available.joined(separator: ", "))",
        try: "name one of these, or unset the variable")
}
