/// What people call the column of the picture and that of the caption.
enum ColumnNames {
    /// In order of preference; compared without case, spaces, `_` and `-`.
    static let picture = [
        "filepath", "filename", "imagepath", "imagefile", "imagename", "imgpath", "image", "img", "picture", "photo",
        "path", "file", "photoid", "imageid",
    ]
    /// In order of preference.
    static let caption = [
        "caption", "captions", "title", "text", "texts", "description", "sentence", "sentences", "comment", "alt",
        "alttext", "label", "name",
    ]

    /// The index of the name that stands first in `wanted`; nil if none does.
    static func find(_ wanted: [String], in names: [String]) -> Int? {
        let plain = names.map(plain)
        for name in wanted {
            if let index = plain.firstIndex(of: name) { return index }
        }
        return nil
    }

    private static func plain(_ name: String) -> String {
        name.trimmed.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }
}
