/// Gathers rows of picture and caption into samples: several rows of one picture are several captions.
struct SampleCollector {
    /// Which part of the data the rows come from.
    enum Part { case training, validation }

    private(set) var samples: [Sample] = []
    private(set) var skipped: [Skipped] = []
    private(set) var validation: Set<Int> = []
    private var listings = FolderListings()
    private var rows: [String: Int] = [:]

    /// Adds one row. `place` is what a person calls it: `captions.tsv:812`.
    ///
    /// - Parameters:
    ///   - picture: the path as the data has it, relative to `folder`.
    ///   - prefix: what stands before the path in the sample's name, where `folder` is below the data set's own.
    mutating func add(
        _ picture: String, in folder: String, prefix: String = "", captions: [String], at place: String,
        label: String? = nil, part: Part = .training
    ) {
        let path = picture.trimmed
        guard !path.isEmpty else { return skip(place, "no picture given") }
        let name = FileNames.join(prefix, path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
        let usable = captions.map(\.trimmed).filter { !$0.isEmpty }
        guard !usable.isEmpty else { return skip("\(place) \(name)", "empty caption") }
        if let row = rows[name] {
            guard validation.contains(row) == (part == .validation) else {
                return skip("\(place) \(name)", "in training and validation; kept where it came first")
            }
            for caption in usable where !samples[row].captions.contains(caption) {
                samples[row].captions.append(caption)
            }
            return
        }
        let file = FileNames.join(folder, path)
        guard listings.contains(file) else { return skip("\(place) \(name)", "no such picture") }
        rows[name] = samples.count
        if part == .validation { validation.insert(samples.count) }
        samples.append(
            Sample(name: name, picture: .file(file), captions: usable.withoutRepeats, label: label))
    }

    /// Adds a picture that has no caption: its path below `folder` is its name.
    mutating func add(picture: String, in folder: String, part: Part = .training) {
        if part == .validation { validation.insert(samples.count) }
        samples.append(Sample(name: picture, picture: .file(FileNames.join(folder, picture)), captions: []))
    }

    /// Records a row that cannot be used.
    mutating func skip(_ name: String, _ reason: String) { skipped.append(Skipped(name: name, reason: reason)) }

    /// The parts, if rows of both came.
    func partition(source: String) -> Partition? {
        guard !validation.isEmpty, validation.count < samples.count else { return nil }
        return Partition(
            training: samples.indices.filter { !validation.contains($0) },
            validation: samples.indices.filter { validation.contains($0) }, source: source)
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return first == startIndex && index(after: last) == endIndex ? self : String(self[first...last])
    }

    /// The lines that say something, without white space at their ends.
    var captionLines: [String] { split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter { !$0.isEmpty } }
}

extension [String] {
    /// The first of each, in order.
    var withoutRepeats: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
