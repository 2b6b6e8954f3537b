public import Failures
import Foundation

/// Runs a command's work; a failure becomes one line on stderr, "`command`: what: where: why; what to do", and the exit
/// code of its kind.
///
/// `CLIP_CPU_LEVEL` in the environment chooses the instruction level, of those in `InstructionLevel.available`. The failure has left `body` by then, so everything that it owned is already released.
public func reportingFailures(from command: String, _ body: () throws(Failure) -> Void) {
    do throws(Failure) {
        try chooseProcessorLevel()
        try body()
    } catch {
        say("\(command): \(oneLine(error.line))")
        exit(error.kind.rawValue)
    }
}

/// Says one line on stderr, where all talk goes. Where stderr is closed, nothing is said.
public func say(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8)) }

/// Prints one result on stdout at once, so that a reader at the other end of a pipe sees it.
///
/// - Throws: `.readWrite` where stdout cannot be written, as on a full disk.
public func printResult(_ line: String, terminator: String = "\n") throws(Failure) {
    try printResults(CollectionOfOne(line), terminator: terminator)
}

/// Prints results on stdout, one a line, or each with another terminator behind it.
///
/// - Throws: `.readWrite` where stdout cannot be written, as on a full disk.
public func printResults(_ lines: some Sequence<String>, terminator: String = "\n") throws(Failure) {
    var bytes = Data()
    for line in lines { bytes.append(contentsOf: (line + terminator).utf8) }
    do {
        try FileHandle.standardOutput.write(contentsOf: bytes)
    } catch {
        throw Failure(
            .readWrite, "cannot write results", at: "standard output", because: "the other end refused them",
            try: "check the disk or the pipe")
    }
}

/// `text` with its control characters spelled out, so that a strange file name cannot break or colour the line.
public func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    return text.unicodeScalars.map { scalar in
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where scalar.properties.generalCategory == .control: "\\u{\(String(scalar.value, radix: 16))}"
        default: String(scalar)
        }
    }.joined()
}
