import Foundation
import Images

/// Pictures of two colours with captions, a model that trains in milliseconds, and a run of it in `run`.
func trainedFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let colours: [(String, [UInt8])] = [
        ("red", [220, 30, 30]), ("green", [30, 200, 40]), ("blue", [30, 40, 220]), ("yellow", [230, 220, 30]),
        ("white", [250, 250, 250]), ("black", [10, 10, 10]),
    ]
    var table = "filepath\ttitle\n"
    for (above, top) in colours {
        for (below, bottom) in colours where above != below {
            let pixels = (0..<20).flatMap { row in (0..<20).flatMap { _ in row < 10 ? top : bottom } }
            let picture = Picture(height: 20, width: 20, pixels: pixels)
            try folder.write(Data(picture.pngBytes()), to: "data/pictures/\(above)-\(below).png")
            table += "pictures/\(above)-\(below).png\t\(above) above \(below)\n"
        }
    }
    try folder.write(table, to: "data/captions.tsv")
    try folder.write(
        """
        {"embed_dim": 16,
         "vision_cfg": {"image_size": 16, "layers": 1, "width": 16, "head_width": 8, "patch_size": 8},
         "text_cfg": {"context_length": 16, "vocab_size": 600, "width": 16, "heads": 2, "layers": 1}}
        """, to: "tiny.json")
    return folder
}

extension TemporaryFolder {
    func names(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)").sorted()
    }

    func move(_ name: String, to other: String) throws {
        let target = URL(fileURLWithPath: "\(path)/\(other)")
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: "\(path)/\(name)", toPath: target.path)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
}
