import Failures
import Foundation
import Kernels
import Storage

/// What a model's file says of itself, behind its numbers.
private struct ModelFooter: Codable {
    var format = 1
    var embedDim: Int, nlist: Int
    var kinds: [QueryKind]
    /// Nil for the usual codec.
    var codec: String?
    /// Lists of each group, and of each kind how much wider groups are looked into; nil without groups.
    var groups: [Int]?
    var margins: [Float]?

    enum CodingKeys: String, CodingKey {
        case format, nlist, kinds, codec, groups, margins
        case embedDim = "embed_dim"
    }

    /// Whether the groups, if there are any, are those of the lists.
    var isSound: Bool {
        guard let groups, let margins else { return groups == nil && margins == nil }
        return groups.allSatisfy { (1...nlist).contains($0) } && groups.reduce(0, +) == nlist
            && margins.count == kinds.count && margins.allSatisfy { $0 >= 0 && $0.isFinite }
    }
}

/// The file of a model, which never changes:
///
/// ```
/// "CLIPLST1", padding to 64
/// centre      [embedDim] Float32
/// unit means  [nlist, embedDim] Float32
/// codec       what it learned, Float32: of the usual one its axes of rows, [width, embedDim]
/// means       scales [nlist] Float32, bytes [nlist, byteWidth]
/// centroids   panels of [nlist] rows of byteWidth bytes
/// codec       panels of rows of byteWidth bytes: of the usual one its axes of queries, [width]
/// heads       panels of [groups] rows of byteWidth bytes
/// of each kind of queries: axes, panels of [coordinates] rows of byteWidth bytes; lists, panels of [nlist] rows of
/// coordinates bytes; heads, panels of [groups] rows of coordinates bytes
/// footer      JSON; its CRC-32 and length as UInt32; "CLIPLSTE"
/// ```
/// There are heads only where lists lie in groups. Panels are scales `[rows / 16, 16]` Float32, then bytes
/// `[rows / 16, width / 4, 16, 4]`. All numbers are little-endian. The manifest keeps the CRC-32 of the whole file.
extension ListModel {
    private static let head = Array("CLIPLST1".utf8), tail = Array("CLIPLSTE".utf8)
    private static let start = 64, trailerSize = 16

    /// Writes the model to `path`; returns the file's CRC-32.
    func write(to path: String) throws(Failure) -> UInt32 {
        var footer = ModelFooter(
            embedDim: shape.embedDim, nlist: nlist, kinds: routers.map(\.kind),
            codec: CodecChoice.stored(type(of: codec)))
        if let groups {
            footer.groups = (0..<groups.count).map { groups.rows($0).count }
            footer.margins = routers.map(\.margin)
        }
        let json = try encodeJSON(footer, for: path)
        var checksum = Fingerprint()
        try AtomicFile.write(to: path) { (file) throws(Failure) in
            func put(_ bytes: [UInt8]) throws(Failure) {
                checksum.append(bytes)
                try file.append(bytes)
            }
            func put(_ floats: [Float]) throws(Failure) {
                checksum.append(floats.span)
                try file.append(floats.span)
            }
            func put(_ panels: BytePanels) throws(Failure) {
                try put(panels.scales)
                try put(panels.bytes.map { UInt8(bitPattern: $0) })
            }
            try put(Self.head + [UInt8](repeating: 0, count: Self.start - Self.head.count))
            try put(centre)
            try put(unitMeans)
            try put(codec.floats)
            try put(means.scales)
            try put(means.bytes.map { UInt8(bitPattern: $0) })
            try put(centroids)
            try put(codec.panels)
            if let groups { try put(groups.heads) }
            for router in routers {
                try put(router.axes)
                try put(router.lists)
                if let groups = router.groups { try put(groups.heads) }
            }
            try put(json + littleEndian(Fingerprint(json).crc32Value) + littleEndian(UInt32(json.count)) + Self.tail)
        }
        return checksum.crc32Value
    }

    /// Reads the model that the manifest of an index names, if it names one.
    ///
    /// - Throws: `.missingInput` where it is gone, `.badData` where it is damaged.
    static func read(_ manifest: IndexManifest, in folder: String) throws(Failure) -> ListModel? {
        guard let lists = manifest.lists else { return nil }
        let path = "\(folder)/\(lists.file)", (checksum, embedDim) = (lists.checksum, manifest.embedDim)
        let file = try MappedFile(path)
        return try file.read { (bytes) throws(Failure) in
            guard bytes.crc32 == checksum else {
                throw .damaged(path, "its bytes do not match their checksum")
            }
            let size = bytes.byteCount
            guard size >= start + trailerSize, bytes.bytes(0..<8) == head, bytes.bytes(size - 8..<size) == tail else {
                throw .damaged(path, "not the lists of an index, or cut short at \(size) bytes")
            }
            let length = Int(bytes.integer(at: size - 12, as: UInt32.self)), end = size - trailerSize - length
            guard end >= start else { throw .damaged(path, "its footer is longer than the file") }
            let json = Data(bytes.bytes(end..<end + length))
            guard let footer = try? JSONDecoder().decode(ModelFooter.self, from: json), footer.format == 1,
                footer.embedDim == embedDim, footer.nlist == lists.nlist, footer.codec == manifest.codec,
                (1...1 << 24).contains(lists.nlist), footer.kinds.count <= 64, footer.isSound
            else { throw .damaged(path, "written by another version") }
            var reader = ModelReader(offset: start, codec: manifest.codecChoice.type, footer: footer)
            guard reader.size == end - start else {
                throw .damaged(path, "its counts do not fit its size of \(size) bytes")
            }
            return reader.model(bytes)
        }
    }
}

/// Takes a model's numbers off its file, one behind the other.
private struct ModelReader {
    var offset: Int
    let codec: any ListCodec.Type
    let footer: ModelFooter

    private var embedDim: Int { footer.embedDim }
    private var nlist: Int { footer.nlist }
    private var groupCount: Int { footer.groups?.count ?? 0 }
    private var byteWidth: Int { QuantizedRows.width(embedDim) }

    /// Bytes that the numbers of the model take.
    var size: Int {
        let n = embedDim, coordinates = ListRouter.coordinates(embedDim: n), learned = codec.counts(embedDim: n)
        let floats = n + nlist * n + learned.floats + nlist
        let ofEachKind =
            panelSize(coordinates, byteWidth) + panelSize(nlist, coordinates) + panelSize(groupCount, coordinates)
        return 4 * floats + nlist * byteWidth + panelSize(nlist, byteWidth) + panelSize(learned.panels, byteWidth)
            + panelSize(groupCount, byteWidth) + footer.kinds.count * ofEachKind
    }

    private func panelSize(_ count: Int, _ width: Int) -> Int { BytePanels.panels(count) * 16 * (4 + width) }

    mutating func model(_ bytes: RawSpan) -> ListModel {
        let n = embedDim, coordinates = ListRouter.coordinates(embedDim: n), learned = codec.counts(embedDim: n)
        let centre = floats(bytes, n), unitMeans = floats(bytes, nlist * n), codes = floats(bytes, learned.floats)
        let scales = floats(bytes, nlist)
        let means = QuantizedRows(width: byteWidth, bytes: signed(bytes, nlist * byteWidth), scales: scales)
        let centroids = panels(bytes, nlist, byteWidth), axes = panels(bytes, learned.panels, byteWidth)
        let groups = groups(bytes, byteWidth)
        var routers: [ListRouter] = []
        for (place, kind) in footer.kinds.enumerated() {
            let own = panels(bytes, coordinates, byteWidth), lists = panels(bytes, nlist, coordinates)
            routers.append(
                ListRouter(
                    kind: kind, axes: own, lists: lists, groups: self.groups(bytes, coordinates),
                    margin: footer.margins?[place] ?? 0))
        }
        return ListModel(
            codec: codec.init(embedDim: n, floats: codes, panels: axes), centre: centre, centroids: centroids,
            groups: groups, means: means, unitMeans: unitMeans, routers: routers)
    }

    /// Groups whose heads come next; nil where lists lie in none.
    private mutating func groups(_ bytes: RawSpan, _ width: Int) -> PanelGroups? {
        guard let sizes = footer.groups else { return nil }
        return PanelGroups(
            starts: sizes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) },
            heads: panels(bytes, sizes.count, width))
    }

    private mutating func floats(_ bytes: RawSpan, _ count: Int) -> [Float] {
        defer { offset += 4 * count }
        return [Float](littleEndian: bytes.extracting(offset..<offset + 4 * count))
    }

    private mutating func signed(_ bytes: RawSpan, _ count: Int) -> [Int8] {
        defer { offset += count }
        return bytes.bytes(offset..<offset + count).map { Int8(bitPattern: $0) }
    }

    private mutating func panels(_ bytes: RawSpan, _ count: Int, _ width: Int) -> BytePanels {
        let rows = BytePanels.panels(count) * 16, scales = floats(bytes, rows)
        return BytePanels(count: count, width: width, bytes: signed(bytes, rows * width), scales: scales)
    }
}
