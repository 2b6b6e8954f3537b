/// Which captions belong to which pictures. Pictures and captions are numbered from 0; equal captions share a number.
///
/// A picture may have several captions and a caption several pictures: any of them counts as a right answer.
public struct Pairs: Sendable, Equatable {
    /// The captions of each picture.
    public private(set) var captions: [[Int]] = []
    /// The pictures of each caption.
    public private(set) var pictures: [[Int]] = []
    /// The text of each caption.
    public private(set) var texts: [String] = []
    private var numbers: [String: Int] = [:]

    /// No pictures yet.
    public init() {}

    /// Adds the next picture with its captions; a caption written twice counts once.
    public mutating func addPicture(captions texts: some Sequence<String>) {
        let picture = captions.count
        captions.append([])
        for text in texts {
            let caption = number(of: text)
            guard !captions[picture].contains(caption) else { continue }
            captions[picture].append(caption)
            pictures[caption].append(picture)
        }
    }

    private mutating func number(of text: String) -> Int {
        if let known = numbers[text] { return known }
        numbers[text] = texts.count
        texts.append(text)
        pictures.append([])
        return texts.count - 1
    }

    /// The number of pairs: of captions, each counted once for every picture that it belongs to.
    public var count: Int { captions.reduce(0) { $0 + $1.count } }
}
