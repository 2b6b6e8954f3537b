import Testing

@testable import Datasets

@Suite struct MarkdownTextTests {
    @Test func `front matter, code, tables, comments and definitions are left out`() {
        let text = """
            ---
            title: x
            ---
            # A *heading*
            Some text that
            goes on.
            ```swift
            let code = 1
            ```
            <!-- a
            comment -->
            | a | b |
            |---|---|
            | 1 | 2 |

                indented code

            > quoted text
            > goes on
            > ```
            > more code
            > ```
            [ref]: https://example.org

            The end.
            """
        #expect(
            MarkdownText.blocks(of: text) == [
                "A heading", "Some text that goes on.", "quoted text goes on", "The end.",
            ])
    }

    @Test func `headings and items of lists are blocks`() {
        let text =
            "Title\n=====\nText.\n\nPart\n---\n- one\n  goes on\n- [x] two\n* three\n1. four\n10) five\n\n    six\n***\n## Seven ##\n#eight"
        #expect(
            MarkdownText.blocks(of: text) == [
                "Title", "Text.", "Part", "one goes on", "two", "three", "four", "five", "six", "Seven", "#eight",
            ])
    }

    @Test(arguments: [
        ("**bold** and *soft* and __both__ and ~~gone~~", "bold and soft and both and gone"),
        ("a [link](https://x.org/a_(b)) and [one][ref] and [none]", "a link and one and [none]"),
        ("![a cat](cat.png) sits[^1]", "a cat sits"), ("`snake_case` and snake_case", "snake_case and snake_case"),
        ("``a`b`` 2 * 3 < 4 \\*", "a`b 2 * 3 < 4 *"), ("<b>x</b> &amp; <https://x.org> &#39;", "x & https://x.org '"),
        ("unclosed ` and [ and <", "unclosed ` and [ and <".replacing("`", with: "")), ("plain", "plain"),
    ]) func `marks inside a line are taken off`(text: String, plain: String) {
        #expect(MarkdownSpans.plain(text) == plain)
    }

    @Test func `a fence that nobody closes reaches to the end`() {
        #expect(MarkdownText.blocks(of: "a\n~~~\nb\n\nc") == ["a"])
        #expect(MarkdownText.blocks(of: "---\nno end\nof it") == ["no end of it"])
    }
}
