public import ArgumentParser
public import Retrieval

// The words that an option takes are those of the type itself.
extension TextMatch: ExpressibleByArgument {}
