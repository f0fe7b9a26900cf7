/// One word of a line, quotes resolved.
package struct Token: Hashable, Sendable {
    /// What the word says, without quotes.
    package var text: String
    /// Where it stands in the line: offsets into its UTF-8, quotes included.
    package var range: Range<Int>
    /// Whether any part of it was quoted; a quoted word is never an option.
    package var quoted: Bool

    package init(text: String, range: Range<Int>, quoted: Bool = false) {
        self.text = text
        self.range = range
        self.quoted = quoted
    }
}

/// One command of a line: the words between two separators, never empty.
package struct Statement: Hashable, Sendable {
    package var tokens: [Token]
    /// Offset of a quote that nothing closes, if there is one.
    package var openQuote: Int?

    package init(tokens: [Token], openQuote: Int? = nil) {
        self.tokens = tokens
        self.openQuote = openQuote
    }

    /// The offsets from the first word to the last.
    package var range: Range<Int> {
        guard let first = tokens.first, let last = tokens.last else { return 0..<0 }
        return first.range.lowerBound..<last.range.upperBound
    }

    /// The command as it stands in `line`.
    package func text(in line: String) -> String {
        let bytes = Array(line.utf8)
        return String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }
}
