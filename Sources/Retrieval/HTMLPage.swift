import Foundation

/// The text of a page of hits. Whatever comes from outside is escaped.
enum HTMLPage {
    static func head(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(title))</title>
        <style>
        :root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif }
        body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem }
        ol { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); list-style: none; padding: 0 }
        a { color: inherit; text-decoration: none }
        img, .gone { aspect-ratio: 1; background: #8882; border-radius: 6px; display: block; object-fit: contain; width: 100% }
        .gone { align-content: center; text-align: center }
        small { opacity: .7; overflow-wrap: anywhere }
        </style>
        <h1>\(escaped(title))</h1>

        """
    }

    static let tail = "</html>\n"

    /// One hit: its small picture, linked to the file, with rank, score and what is said of it.
    static func item(_ hit: PictureHit, thumbnail: [UInt8]?) -> String {
        let said = escaped(hit.caption ?? name(hit.path))
        let picture =
            thumbnail.map {
                "<img loading=\"lazy\" alt=\"\(said)\" src=\"data:image/png;base64,\(Data($0).base64EncodedString())\">"
            }
            ?? "<span class=\"gone\">not readable</span>"
        return """
            <li><a href="\(link(hit.path))">\(picture)<b>\(hit.rank)</b> \(scoreText(hit.score))<br>\(said)</a><br>
            <small>\(escaped(hit.path))</small></li>

            """
    }

    /// A file's address.
    static func link(_ path: String) -> String { escaped(URL(fileURLWithPath: path).absoluteString) }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
