public import Failures
public import Images

/// One picture, and what training sees of it in some epochs.
public struct ViewPreview: Sendable {
    /// What a person calls the picture.
    public var name: String
    /// One of its captions, where it has any.
    public var caption: String?
    /// The picture before anything was drawn by lot.
    public var picture: Picture
    /// What each epoch makes of it, first to last: of pairs first, then further views.
    public var views: [[Picture]]
}

extension BatchMaker {
    /// The first `count` pictures of the first epoch that can be read, each as `epochs` epochs see it at its place.
    ///
    /// - Throws: `.badData` where not one picture can be read.
    public func previews(_ count: Int, epochs: Int) throws(Failure) -> [ViewPreview] {
        var previews: [ViewPreview] = [], failure: Failure?
        for (item, index) in order(ofEpoch: 0).enumerated() where previews.count < count {
            do throws(Failure) { previews.append(try preview(of: index, at: item, epochs: epochs)) } catch {
                failure = failure ?? error
            }
        }
        if previews.isEmpty, let failure { throw failure }
        return previews
    }

    private func preview(of index: Int, at item: Int, epochs: Int) throws(Failure) -> ViewPreview {
        let sample = try dataset.sample(at: index), loaded = try sample.loadPicture(atLeast: 2 * side)
        let versions = recipes.versions(of: loaded.picture)
        return ViewPreview(
            name: sample.name, caption: sample.captions.first, picture: loaded.picture,
            views: (0..<epochs).map { recipes.made(of: versions, seed: seed, epoch: $0, item: item) })
    }
}
