/// What one reading of a line came back with.
package enum LineEvent: Hashable, Sendable {
    case line(String)
    /// Ctrl-C: the half-typed line is dropped.
    case interrupted
    /// Ctrl-D on an empty line, or the terminal is gone.
    case end
}

/// What TAB offers: the word under the cursor begins at a byte of the line, and could become one of these.
///
/// The only word is followed by a blank, unless it ends with a slash, which asks for more.
package struct TabOffer: Hashable, Sendable {
    package var start: Int
    package var words: [String]

    package init(start: Int, words: [String]) {
        self.start = start
        self.words = words
    }
}
