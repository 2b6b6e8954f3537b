public import Tensors

/// What one step learns from: pictures, each with one caption.
public struct Batch: Sendable, Equatable {
    /// The epoch, from 0.
    public var epoch: Int
    /// The batch's place in its epoch, from 0.
    public var index: Int
    /// The height and width of every picture.
    public var side: Int
    /// 8-bit colours: `[batch, side, side, 3]`; empty where no objective asks for the pictures of pairs.
    public var pictures: [UInt8] = []
    /// Further views of each picture, as `pictures` each.
    public var views: [[UInt8]] = []
    /// In place of pixels, what a locked tower made of them: `[batch, featureWidth]`.
    public var pictureFeatures: [Float] = []
    /// The captions' token ids, packed.
    public var tokens: [Int32] = []
    /// Where each caption begins in `tokens`.
    public var segments = Segments(lengths: [Int]())
    /// What a locked tower made of the tokens: `[batch, featureWidth]`.
    public var captionFeatures: [Float] = []
    /// Texts without pictures, one entry for each way in which the maker draws them.
    public var texts: [DrawnTextBatch] = []
    /// Texts, captions among them, with hidden tokens: one entry for each way of hiding.
    public var maskedTexts: [MaskedTextBatch] = []
    /// Texts, captions among them, of which words are deleted.
    public var deletedTexts: DeletedTextBatch?
    /// What a teacher made of the pictures: `[batch, embedDim]`, rows of length 1; empty without a teacher.
    public var teacher: [Float] = []
    /// One number a picture, equal for equal pictures: the place in the batch where it stands first.
    public var pictureIDs: [Int] = []
    /// The same of the pictures that `views` show.
    public var viewIDs: [Int] = []
    /// One number a caption, equal for equal captions: the place in the batch where it stands first.
    public var captionIDs: [Int] = []
    /// The samples' names.
    public var names: [String] = []
    /// Captions that lost their end to the context length.
    public var truncatedCount = 0
    /// Pictures that could not be read, and were replaced by others.
    public var skipped: [Skipped] = []

    /// An empty batch for square pictures of `side` pixels.
    public init(epoch: Int, index: Int, side: Int = 0, viewCount: Int = 0) {
        (self.epoch, self.index, self.side) = (epoch, index, side)
        views = [[UInt8]](repeating: [], count: viewCount)
    }

    /// The number of pairs.
    public var count: Int { names.count }
}
