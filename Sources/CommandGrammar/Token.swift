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

/// `> file`: where a command's output goes instead of the screen.
package struct Redirection: Hashable, Sendable {
    /// The file's name as typed.
    package var file: Token
    /// `>>`: after what the file holds already.
    package var appends: Bool

    package init(file: Token, appends: Bool) {
        self.file = file
        self.appends = appends
    }
}

/// One command of a line: the words between two separators, never empty.
package struct Statement: Hashable, Sendable {
    package var tokens: [Token]
    package var output: Redirection?
    /// `< file`.
    package var input: Token?
    /// The place of a `&` at the end.
    package var background: Range<Int>?
    /// What is wrong with it whatever its words mean, such as a quote that nothing closes.
    package var problem: GrammarError?

    package init(tokens: [Token], problem: GrammarError? = nil) {
        self.tokens = tokens
        self.problem = problem
    }

    /// The offsets from the first word to the last.
    package var range: Range<Int> {
        let places =
            tokens.map(\.range) + [output?.file.range, input?.range, background].compactMap { $0 }
        guard let first = places.map(\.lowerBound).min(), let last = places.map(\.upperBound).max() else {
            return 0..<0
        }
        return first..<last
    }

    /// The command as it stands in `line`.
    package func text(in line: String) -> String {
        let bytes = Array(line.utf8)
        return String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }
}
