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
            Learns from learn-pictures.npy and learn-words.npy, and prints one JSON object: CPU seconds of the build, bytes \
            a vector, CPU microseconds of an append. Then each line ["words", "batch", 0.95, 2000] (or "pictures", \
            "single") is answered from test-words.npy with what was found, CPU microseconds a query, and the share of \
            vectors scanned.
            """)

    @Argument(help: "A folder that index_generator.py made.") var folder: String
    @Option(help: "Threads that compute.") var threads = 1
    @Flag(help: "Use the index that is there.") var reuse = false

    private static let kinds = ["pictures", "words"], k = 10

    func run() throws {
        reportingFailures(from: "clip-benchmark") { () throws(Failure) in
            setThreadCount(threads)
            let path = "\(folder)/ours", build = reuse ? 0 : try build(path)
            var index = try IndexSnapshot(path)
            let bytes = index.bytesInMemory, count = Double(index.count)
            let append = reuse ? 0 : try append(to: path, behind: index.count)
            try printResult(
                """
                {"build_cpu_seconds": \(build), "bytes_per_vector": \(Double(bytes.all) / count), \
                "code_bytes_per_vector": \(Double(bytes.codes) / count), "append_microseconds": \(append)}
                """)
            var tests: [String: [Float]] = [:]
            for kind in Self.kinds { tests[kind] = try rows("test-\(kind)") }
            while let line = readLine() { try answer(line, tests, &index) }
        }
    }

    private func rows(_ name: String) throws(Failure) -> [Float] {
        let table = try NumPyFile("\(folder)/\(name).npy")
        return (0..<table.rowCount).flatMap { table.row($0) }
    }

    /// CPU seconds of this process so far.
    private var seconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    /// Builds the index anew; returns the CPU seconds that it took, without reading the file.
    private func build(_ path: String) throws(Failure) -> Double {
        try? FileManager.default.removeItem(atPath: path)
        let table = try NumPyFile("\(folder)/base.npy")
        var update = try IndexUpdate(path, embedDim: table.width)
        for row in 0..<table.rowCount { try update.append(table.row(row), id: Int64(row)) }
        let queries = [QueryKind.pictures: try rows("learn-pictures"), .words: try rows("learn-words")]
        let began = seconds
        update.train(on: queries)
        try update.commit(attachments: [:])
        return seconds - began
    }

    /// Appends what was learned from; returns CPU microseconds a vector.
    private func append(to path: String, behind count: Int) throws(Failure) -> Double {
        let table = try NumPyFile("\(folder)/learn-pictures.npy")
        var update = try IndexUpdate(path, embedDim: table.width)
        let rows = (0..<table.rowCount).map { table.row($0) }, began = seconds
        for (number, row) in rows.enumerated() { try update.append(row, id: Int64(count + number)) }
        try update.commit(attachments: [:])
        return (seconds - began) * 1e6 / Double(rows.count)
    }

    private func answer(
        _ line: String, _ tests: [String: [Float]], _ index: inout IndexSnapshot
    ) throws(Failure) {
        guard let question = try? JSONDecoder().decode(Question.self, from: Data(line.utf8)),
            let queries = tests[question.kind]
        else {
            throw Failure(
                .badSettings, "cannot answer", at: line, because: "it is no question",
                try: "write [\"words\", \"batch\", 0.95, 2000]")
        }
        let kind = QueryKind(question.kind), width = index.embedDim
        let most = min(question.most, queries.count / width), some = Array(queries.prefix(most * width))
        let each = (0..<most).map { Array(some[$0 * width..<($0 + 1) * width]) }
        var found: [[Hit]] = [], microseconds = 0.0
        // Once before, so that every block was compared with its checksum.
        for _ in 0..<2 {
            found = []
            let began = seconds
            if question.mode == "batch" {
                found = try index.nearest(Self.k, to: some, as: kind, recall: question.recall)
            } else {
                for query in each { found += try index.nearest(Self.k, to: query, as: kind, recall: question.recall) }
            }
            microseconds = (seconds - began) * 1e6 / Double(most)
        }
        let scanned = index.manifest.lists?.recalls.first { $0.kind == kind }?.points.first {
            $0.recall >= question.recall
        }
        try printResult(
            """
            {"microseconds": \(microseconds), "scanned": \(scanned?.scanned ?? 1), \
            "found": \(found.map { $0.map { Int($0.id) } })}
            """)
    }

    /// A line: kind, mode, the recall that is asked for, and how many queries at most.
    private struct Question: Decodable {
        var kind: String, mode: String, recall: Double, most: Int

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            kind = try fields.decode(String.self)
            mode = try fields.decode(String.self)
            recall = try fields.decode(Double.self)
            most = try fields.decode(Int.self)
        }
    }
}
