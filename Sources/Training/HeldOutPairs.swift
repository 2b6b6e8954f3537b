import Augmentations
import Catalogue
import Datasets
import Evaluation
import Failures
import Tensors
import Tokenizers
import Towers

/// Pictures and captions that nobody trains on, and how well a model finds them.
struct HeldOutPairs: HeldOut {
    let dataset: Dataset
    let indices: [Int]
    let tokenizer: any Tokenizer
    let recipe: [any Augmentation]
    let workers: Int
    /// What locked towers made of the pictures and captions.
    var features = BatchFeatures()
    /// Pictures or captions that are embedded together.
    private let chunk = 64

    var count: Int { indices.count }

    /// Embeds everything with the weights of `trainer`, and looks who finds whom.
    ///
    /// - Throws: `.badData` or `.readWrite` where features cannot be read.
    func evaluate(_ trainer: inout Trainer) throws(Failure) -> HeldOutOutcome {
        var embedded = Embedded(embedDim: trainer.plan.embedDim)
        let skipped =
            if let features = features.pictures {
                try embedFeatures(features, &trainer, into: &embedded)
            } else { embedPictures(&trainer, into: &embedded) }
        let texts = embedded.pairs.texts, contextLength = trainer.plan.contextLength
        for start in stride(from: 0, to: texts.count, by: chunk) {
            let tokens = texts[start..<min(start + chunk, texts.count)].map {
                tokenizer.encode($0, contextLength: contextLength).ids
            }
            if let table = features.captions {
                let rows = try table.rows(of: tokens.map { FeatureKey(tokens: $0) })
                embedded.captions += trainer.embed(features: rows, of: .text)
            } else {
                embedded.captions += trainer.embed(captions: tokens)
            }
        }
        var findings = Findings()
        findings.add(embedded, trainer.settings.matryoshka)
        findings.parts = embedded.partReports()
        findings.space = embedded.space()
        return HeldOutOutcome(findings: findings, skipped: skipped)
    }

    private func embedPictures(_ trainer: inout Trainer, into embedded: inout Embedded) -> [Skipped] {
        var skipped: [Skipped] = []
        var loader = PictureLoader(
            dataset, indices: indices, recipe: recipe, side: trainer.plan.imageSize, chunk: chunk,
            workers: workers)
        while let next = loader.next() {
            skipped += next.skipped
            guard next.count > 0 else { continue }
            embedded.pictures += trainer.embed(pictures: next.pictures, count: next.count)
            embedded.names += next.names
            for captions in next.captions { embedded.pairs.addPicture(captions: captions) }
        }
        return skipped
    }

    /// Pictures without features were listed when those were made.
    private func embedFeatures(
        _ features: PictureFeatures, _ trainer: inout Trainer, into embedded: inout Embedded
    ) throws(Failure) -> [Skipped] {
        let readable = indices.filter { features.fingerprints[$0] != nil }
        for start in stride(from: 0, to: readable.count, by: chunk) {
            let part = readable[start..<min(start + chunk, readable.count)]
            let keys = part.compactMap { features.key(of: $0) }
            embedded.pictures += trainer.embed(features: try features.table.rows(of: keys), of: .image)
            for index in part {
                let sample = try dataset.sample(at: index)
                embedded.names.append(sample.name)
                embedded.pairs.addPicture(captions: sample.captions)
            }
        }
        return []
    }
}

/// Embeddings of pictures and of their captions.
struct Embedded {
    let embedDim: Int
    var names: [String] = []
    var pairs = Pairs()
    var pictures: [Float] = []  // [pairs.captions.count, embedDim]
    var captions: [Float] = []  // [pairs.texts.count, embedDim]

    init(embedDim: Int) { self.embedDim = embedDim }

    /// Retrieval among all.
    func report() -> RetrievalReport {
        retrieval(pictures: pictures.span, captions: captions.span, embedDim: embedDim, pairs: pairs)
    }

    /// How both kinds lie in their space.
    func space() -> EmbeddingSpace {
        var space = EmbeddingSpace()
        space.pictures = EmbeddingSpace.Side(pictures.span, embedDim: embedDim)
        space.texts = EmbeddingSpace.Side(captions.span, embedDim: embedDim)
        space.gap = ModalityGap(pictures.span, captions.span, embedDim: embedDim)
        let partners = pairs.captions.flatMap { row($0[0], of: captions) }
        space.alignment = Alignment(pictures.span, partners.span, embedDim: embedDim)
        return space
    }

    /// Retrieval within each top folder alone, where the names have 2 to 12 of them.
    func partReports() -> [String: RetrievalReport] {
        var members: [String: [Int]] = [:]
        for (picture, name) in names.enumerated() {
            guard let slash = name.firstIndex(of: "/") else { return [:] }
            members[String(name[..<slash]), default: []].append(picture)
        }
        return (2...12).contains(members.count) ? members.mapValues { part(of: $0).report() } : [:]
    }

    private func part(of members: [Int]) -> Embedded {
        var part = Embedded(embedDim: embedDim)
        for picture in members {
            part.names.append(names[picture])
            part.pictures += row(picture, of: pictures)
            let seen = part.pairs.texts.count
            part.pairs.addPicture(captions: pairs.captions[picture].map { pairs.texts[$0] })
            // Captions that are new to the part, in the order in which they got their numbers.
            for text in part.pairs.texts[seen...] {
                guard let caption = pairs.captions[picture].first(where: { pairs.texts[$0] == text }) else { continue }
                part.captions += row(caption, of: captions)
            }
        }
        return part
    }

    private func row(_ number: Int, of table: [Float]) -> ArraySlice<Float> {
        table[number * embedDim..<(number + 1) * embedDim]
    }
}
