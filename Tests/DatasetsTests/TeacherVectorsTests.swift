import Failures
import Foundation
import Storage
import Testing

@testable import Datasets

@Suite struct TeacherVectorsTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// A file as `numpy.save` writes it, version 1.0.
    private func numpy(_ words: String, _ bytes: [UInt8]) -> [UInt8] {
        let header = words + String(repeating: " ", count: 117 - words.count) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + bytes
    }

    private func words(_ type: String = "<f4", fortran: String = "False", shape: String = "(2, 3)") -> String {
        "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }"
    }

    private let rows: [Float] = [3, 0, 4, 0, -2, 0]

    @Test func `rows are found by the name that the data has, and have length 1`() throws {
        try folder.write("v.npy", numpy(words(), [UInt8](littleEndian: rows)))
        try folder.write("v.txt", "a b.png\n/elsewhere/c.png\n")
        let vectors = try TeacherVectors("\(folder.path)/v.npy")
        func sample(_ name: String, at path: String) -> Sample {
            Sample(name: name, picture: .file(path), captions: ["x"])
        }
        #expect(vectors.width == 3)
        #expect(vectors.row(of: sample("a b.png", at: "/data/a b.png")).map { vectors.vector($0) } == [0.6, 0, 0.8])
        #expect(vectors.row(of: sample("c.png", at: "/elsewhere/./c.png")).map { vectors.vector($0) } == [0, -1, 0])
        #expect(vectors.row(of: sample("d.png", at: "/data/d.png")) == nil)
    }

    @Test func `half precision is read, and what is written is read again`() throws {
        let halves = rows.flatMap { float in
            let bits = Float16(float).bitPattern
            return [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
        }
        try folder.write("h.npy", numpy(words("<f2"), halves))
        #expect(try NumPyFile("\(folder.path)/h.npy").row(1) == [0, -2, 0])
        try AtomicFile.write(to: "\(folder.path)/w.npy") { (file) throws(Failure) in
            try file.appendNumPyHeader(rows: 2, width: 3)
            try file.append(rows.span)
        }
        let written = try NumPyFile("\(folder.path)/w.npy")
        #expect(written.rowCount == 2 && written.row(0) == [3, 0, 4] && written.row(1) == [0, -2, 0])
    }

    @Test func `a file that is no matrix of floats, or lies about its size, is one clear failure`() throws {
        let floats = [UInt8](littleEndian: rows)
        let cases: [([UInt8], String)] = [
            ([], "does not begin"), (Array("no vectors at all".utf8), "does not begin"),
            (numpy(words(), Array(floats.dropLast())), "has 151 bytes, its header says 152"),
            (numpy(words(shape: "(3, 3)"), floats), "its header says"),
            (numpy(words(shape: "(6,)"), floats), "its shape is [6]"),
            (numpy(words(shape: "(-2, -3)"), floats), "its shape is"),
            (numpy(words(shape: "(9223372036854775807, 3)"), floats), "its shape is"),
            (numpy(words(fortran: "True"), floats), "column by column"), (numpy(words("<f8"), floats), "<f8"),
            (Array(numpy(words(), floats).prefix(40)), "its header alone"),
        ]
        for (bytes, why) in cases {
            try folder.write("bad.npy", bytes)
            let failure = #expect(throws: Failure.self) { try NumPyFile("\(folder.path)/bad.npy") }
            #expect(failure?.kind == .badData && failure?.line.contains(why) == true, "\(failure?.line ?? "")")
        }
        try folder.write("few.npy", numpy(words(), floats))
        try folder.write("few.txt", "a.png\n")
        let failure = #expect(throws: Failure.self) { try TeacherVectors("\(folder.path)/few.npy") }
        #expect(failure?.line.contains("2 rows, and") == true)
    }
}
