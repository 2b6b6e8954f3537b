public import ArgumentParser
public import Augmentations
import Tokenizers
public import Towers
import Training

// The words that options take are those of the types themselves.
extension Resize.Mode: ExpressibleByArgument {}
extension ImagePooling: ExpressibleByArgument {}
extension TextPooling: ExpressibleByArgument {}
extension ProjectionChoice: ExpressibleByArgument {}
extension AugmentationChoice: ExpressibleByArgument {}
extension OptimizerChoice: ExpressibleByArgument {}

/// How texts that are no language are read.
enum SymbolChoice: String, CaseIterable, ExpressibleByArgument {
    case symbols, characters

    /// What they consist of.
    var symbols: Symbols { self == .symbols ? .words : .characters }
}

extension PrefixLengths: ExpressibleByArgument {
    /// Reads `64,128`.
    public init?(argument: String) { self.init(argument) }
}

extension ResolutionSchedule: ExpressibleByArgument {
    /// Reads `SIDE:SHARE`, or several with commas between them.
    public init?(argument: String) { self.init(argument) }
}
