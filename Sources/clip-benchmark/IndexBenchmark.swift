import ArgumentParser
import Failures
import Foundation
import Kernels
import Storage
import Terminal
import VectorIndex

/// Builds an index of embeddings from a file, and answers what `scripts/benchmark index` asks of it.
struct IndexBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Builds an index of FOLDER/base.npy and answers lines of questions.",
        discussion: """
            Learns from learn-pictures.npy and learn-words.npy, where they are, and prints one JSON object: CPU seconds of the \
            build, bytes a vector, CPU microseconds of an append. Then each line ["words", "batch", {"recall": 0.95}, 2000] \
            is answered from test-words.npy, in the place of "batch" by "single" queries one after the other, or by \
            "concurrent" ones, of which each thread has its own. {"nprobe": 8} visits so many lists, and {"every": 10} \
            searches among the multiples of ten. An answer tells what was found, and microseconds a query (of CPU, and on \
            the wall); to "reach" it tells what lies in the lists that would be visited, and in as many others as it takes.
            """)

    @Argument(help: "A folder that index_generator.py made.") var folder: String
    @Option(help: "Threads that compute.") var threads = 1
    @Option(help: "The index's folder inside FOLDER.") var name = "ours"
    @Option(help: "Rows it is built of, FIRST:END; behind the last row the first one follows. (default: all)")
    var rows: RowNumbers?
    @Option(help: "Rows that are removed from it, FIRST:END.") var removing: RowNumbers?
    @Option(help: "Rows that are appended to it, FIRST:END.") var appending: RowNumbers?
    @Option(help: "How rows are coded: the name of a codec of clip-index.") var codec: String?
    @Flag(help: "Use the index that is there.") var reuse = false

    private var path: String { "\(folder)/\(name)" }

    func validate() throws {
        guard let codec, CodecChoice(codec) == nil else { return }
        throw ValidationError(
            "--codec must be one of \(CodecChoice.all.map(\.name).joined(separator: ", ")), found \(codec)")
    }

    func run() throws {
        reportingFailures(from: "clip-benchmark") { () throws(Failure) in
            setThreadCount(threads)
            let build = reuse ? 0 : try build()
            let index = try IndexSnapshot(path)
            let bytes = index.bytesInMemory, count = Double(index.count)
            let append = reuse || rows != nil ? 0 : try append(behind: index.ids.last ?? 0)
            try printResult(
                """
                {"build_cpu_seconds": \(build), "bytes_per_vector": \(Double(bytes.all) / count), \
                "code_bytes_per_vector": \(Double(bytes.codes) / count), "append_microseconds": \(append)}
                """)
            let tests = try queries("test")
            while let line = readLine() {
                let question = try IndexQuestion(line)
                guard let rows = tests[question.kind] else { throw IndexQuestion.refused(line) }
                try printResult(try question.answer(rows, from: index))
            }
        }
    }

    /// Queries of each kind for which there is a file.
    private func queries(_ part: String) throws(Failure) -> [QueryKind: [Float]] {
        var queries: [QueryKind: [Float]] = [:]
        for kind in [QueryKind.pictures, .words] {
            let path = "\(folder)/\(part)-\(kind).npy"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let table = try NumPyFile(path)
            queries[kind] = (0..<table.rowCount).flatMap { table.row($0) }
        }
        return queries
    }

    /// Builds the index anew; returns the CPU seconds that it took, without reading the file.
    private func build() throws(Failure) -> Double {
        try? FileManager.default.removeItem(atPath: path)
        let table = try NumPyFile("\(folder)/base.npy")
        var update = try IndexUpdate(
            path, embedDim: table.width, settings: IndexSettings(codec: codec.flatMap { CodecChoice($0) }))
        for row in rows?.range ?? 0..<table.rowCount {
            try update.append(table.row(row % table.rowCount), id: Int64(row))
        }
        let queries = try queries("learn"), began = processorSeconds
        update.train(on: queries)
        try update.commit(attachments: [:])
        let seconds = processorSeconds - began
        guard removing != nil || appending != nil else { return seconds }
        for row in removing?.range ?? 0..<0 { update.remove(Int64(row)) }
        for row in appending?.range ?? 0..<0 { try update.append(table.row(row % table.rowCount), id: Int64(row)) }
        try update.commit(attachments: [:])
        return seconds
    }

    /// Appends what was learned from to a copy; returns CPU microseconds a vector.
    private func append(behind last: Int64) throws(Failure) -> Double {
        guard let rows = try queries("learn")[.pictures] else { return 0 }
        let copy = path + "-appended", width = try IndexManifest.read(path).embedDim
        try? FileManager.default.removeItem(atPath: copy)
        do { try FileManager.default.copyItem(atPath: path, toPath: copy) } catch {
            throw Failure(
                .cannotWrite, "cannot copy index", at: copy, because: error.localizedDescription,
                try: "make room on the disk")
        }
        defer { try? FileManager.default.removeItem(atPath: copy) }
        var update = try IndexUpdate(copy, embedDim: width)
        let count = rows.count / width, began = processorSeconds
        for row in 0..<count {
            try update.append(Array(rows[row * width..<(row + 1) * width]), id: last + 1 + Int64(row))
        }
        try update.commit(attachments: [:])
        return (processorSeconds - began) * 1e6 / Double(count)
    }
}

/// CPU seconds of this process so far.
var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

/// Numbers of rows, FIRST:END, without END.
struct RowNumbers: ExpressibleByArgument {
    let range: Range<Int>

    init?(argument: String) {
        let ends = argument.split(separator: ":").compactMap { Int($0) }
        guard ends.count == 2, ends[0] >= 0, ends[0] < ends[1] else { return nil }
        range = ends[0]..<ends[1]
    }
}
