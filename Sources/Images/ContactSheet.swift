/// Pictures in a grid with a line or two below each, under headings: one picture to look at instead of a list to read.
public struct ContactSheet: Sendable {
    /// A picture and what is written below it.
    public struct Cell: Sendable {
        /// What is shown; it is made smaller to fit, never larger than twice its size.
        public var picture: Picture
        /// Written large, above the label: a rank and a score.
        public var heading: String
        /// Written small, in at most two lines; what does not fit ends in dots.
        public var label: String

        /// A picture with its label.
        public init(_ picture: Picture, heading: String = "", label: String = "") {
            self.picture = picture
            self.heading = heading
            self.label = label
        }
    }

    /// Pictures under one heading.
    public struct Section: Sendable {
        /// What the pictures are: a query.
        public var title: String
        /// A remark beside the title, in grey.
        public var remark: String
        /// The pictures, best first.
        public var cells: [Cell]

        /// Pictures under a heading.
        public init(title: String, remark: String = "", cells: [Cell]) {
            self.title = title
            self.remark = remark
            self.cells = cells
        }
    }

    /// Written on top.
    public var title: String
    /// Top to bottom.
    public var sections: [Section]
    /// Pictures in a row.
    public var columns: Int
    /// The side of the square that a picture is shown in, pixels.
    public var side: Int

    /// A sheet of several sections.
    public init(title: String, sections: [Section], columns: Int = 5, side: Int = 180) {
        precondition(columns > 0 && side >= 16, "found \(columns) columns of \(side) pixels")
        self.title = title
        self.sections = sections
        self.columns = columns
        self.side = side
    }

    /// A sheet of one section.
    public init(title: String, cells: [Cell], columns: Int = 5, side: Int = 180) {
        self.init(title: title, sections: [Section(title: "", cells: cells)], columns: columns, side: side)
    }

    /// The sheet, drawn.
    public func picture() -> Picture {
        var brush = SheetBrush(self)
        brush.draw()
        return brush.canvas
    }
}
