import Datasets
package import Failures
import Images
import Kernels
import Storage

/// Where a sheet of pictures and their views was written, and what it shows.
package struct AugmentationPreview: Sendable {
    /// The PNG.
    package var path: String
    /// Pictures, and views of each.
    package var pictures: Int, views: Int
}

/// Draws a sheet of pictures beside what the model would see of them in the first epochs. Nothing is trained, and no run
/// directory is made.
///
/// - Throws: `.badSettings` where nothing is learnt from pictures; anything that reading the data or writing the sheet can throw.
package func previewAugmentations(_ options: TrainingOptions) throws(Failure) -> AugmentationPreview {
    try options.check()
    if let output = options.output, !output.hasSuffix(".png") {
        throw Failure(
            .badSettings, "cannot preview", at: output, because: "a preview is one PNG",
            try: "give a name that ends in .png")
    }
    let workers = options.workers ?? threadCount
    let preparation =
        if options.resume == nil {
            try Preparation.begin(options, threads: threadCount, workers: workers, makesFolder: false)
        } else { try Preparation.resume(options, threads: threadCount, workers: workers) }
    guard let maker = try preparation.batchMaker() as? BatchMaker else {
        throw Failure(
            .badSettings, "cannot preview", at: "--preview-augmentations",
            because: "the objectives learn from texts alone",
            try: "leave it out")
    }
    let most = 6, ways = max(maker.viewCount, 1), epochs = max(most / ways, 1)
    let previews = try maker.previews(options.previewedPictures ?? 8, epochs: epochs)
    let path = options.output ?? "augmentations.png"
    try AtomicFile.write(try sheet(of: previews, side: maker.side).pngBytes(), to: path)
    return AugmentationPreview(path: path, pictures: previews.count, views: epochs * ways)
}

/// A row a picture: itself, then its views, epoch by epoch.
private func sheet(of previews: [ViewPreview], side: Int) -> Picture {
    let ways = previews[0].views[0].count
    let cells = previews.flatMap { preview in
        let views = preview.views.enumerated().flatMap { epoch, views in
            views.enumerated().map { number, view in
                ContactSheet.Cell(view, heading: "epoch \(epoch + 1)", label: ways > 1 ? "view \(number + 1)" : "")
            }
        }
        let name = preview.name.split(separator: "/").last.map(String.init) ?? preview.name
        return [ContactSheet.Cell(preview.picture, heading: name, label: preview.caption ?? "")] + views
    }
    let columns = 1 + previews[0].views.reduce(0) { $0 + $1.count }
    return ContactSheet(
        title:
            "What the model sees: \(previews.count) pictures, \(columns - 1) views of each, \(side) × \(side) pixels",
        cells: cells, columns: columns, side: min(max(2 * side, 96), 160)
    ).picture()
}
