public import Failures

extension Corpus {
    /// The captions of pictures as a corpus of lines: each different one is a document. Those of pictures that are kept for
    /// validation are kept for it here, unless a picture to learn from has the same.
    ///
    /// - Throws: `.badData` where there are fewer than two captions, or where they are nothing but the names of classes.
    public init(captionsOf dataset: Dataset, _ settings: CorpusSettings = CorpusSettings()) throws(Failure) {
        var settings = settings
        settings.validationShare = 0  // the pictures say what is kept
        var collector = DocumentCollector(settings), seen: Set<String> = []
        for (part, indices) in [
            (SampleCollector.Part.training, dataset.training), (.validation, dataset.validation),
        ] {
            collector.part = part
            for index in indices {
                let sample = try dataset.sample(at: index)
                guard sample.label == nil else {
                    throw Failure(
                        .badData, "cannot use texts", at: dataset.path,
                        because: "its pictures have classes in the place of captions",
                        try: "give pictures with captions, or texts")
                }
                for caption in sample.captions where seen.insert(caption).inserted {
                    collector.add(blocks: [caption], at: sample.name)
                }
            }
        }
        try self.init(
            dataset.path, settings, collector,
            understood: "captions of pictures (\(dataset.understood.first ?? "pictures"))")
    }
}
