import KernelInterface

/// How a scan scores codes of one kind.
package struct CodeScoring: Sendable {
    /// The loop that scans lists of such codes.
    let scan: @Sendable (SearchKernels) -> @Sendable (ListScan) -> Void
    /// Whether the rows themselves are scanned.
    package let readsRows: Bool
    /// Whether scores are bounds, which tell what need not be compared by its vector.
    package let givesBounds: Bool

    private init(
        readsRows: Bool = false, givesBounds: Bool = false,
        _ scan: @escaping @Sendable (SearchKernels) -> @Sendable (ListScan) -> Void
    ) { (self.scan, self.readsRows, self.givesBounds) = (scan, readsRows, givesBounds) }

    /// Numbers of 4 bits that are multiplied with weights, in two parts.
    package static let weighted = CodeScoring { $0.scanLists }
    /// No codes: the rows in half precision.
    package static let rows = CodeScoring(readsRows: true) { $0.scanHalves }
    /// Numbers of a byte that are multiplied with weights.
    package static let bytes = CodeScoring { $0.scanBytes }
    /// Numbers of 4 bits that are looked up.
    package static let tables = CodeScoring { $0.scanTables }
    /// The same, with an estimate's factor and the bound of its error for each row.
    package static let bounds = CodeScoring(givesBounds: true) { $0.scanBounds }
}
