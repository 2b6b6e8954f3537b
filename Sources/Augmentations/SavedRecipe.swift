/// A recipe as it is saved: a list of objects, each with the augmentation's name and its settings.
public struct SavedRecipe: Codable, Sendable {
    /// The augmentations, first to last.
    public var steps: [any Augmentation]

    /// A recipe to be saved.
    public init(_ steps: [any Augmentation]) { self.steps = steps }

    private enum CodingKeys: String, CodingKey { case name }

    /// Reads a recipe; an unknown name is an error that lists the known ones.
    public init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        steps = []
        while !list.isAtEnd { steps.append(try list.decode(Step.self).augmentation) }
    }

    /// Writes the list.
    public func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for step in steps { try list.encode(Step(augmentation: step)) }
    }

    private struct Step: Codable {
        var augmentation: any Augmentation

        init(augmentation: any Augmentation) { self.augmentation = augmentation }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let name = try container.decode(String.self, forKey: .name)
            guard let type = augmentations.first(where: { $0.name == name }) else {
                let known = augmentations.map { $0.name }.joined(separator: ", ")
                throw DecodingError.dataCorruptedError(
                    forKey: .name, in: container,
                    debugDescription: "found augmentation '\(name)', expected one of \(known)")
            }
            augmentation = try type.init(from: decoder)
            if let fault = augmentation.fault {
                throw DecodingError.dataCorruptedError(
                    forKey: .name, in: container, debugDescription: "\(name): \(fault)")
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(type(of: augmentation).name, forKey: .name)
            try augmentation.encode(to: encoder)
        }
    }
}
