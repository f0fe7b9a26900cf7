/// A line that is no command: what is wrong, where, and what could be meant.
package struct GrammarError: Error, Hashable, Sendable {
    /// One sentence without a full stop.
    package var message: String
    /// The place: offsets into the line's UTF-8.
    package var range: Range<Int>
    package var hint: String?

    package init(_ message: String, at range: Range<Int>, hint: String? = nil) {
        self.message = message
        self.range = range
        self.hint = hint
    }

    /// The line with a caret under the place; empty for lines too long to be of help.
    package func pointer(in line: String) -> [String] {
        let bytes = Array(line.utf8)
        guard bytes.count <= 160 else { return [] }
        let place = range.clamped(to: 0..<bytes.count)
        let shown = String(line.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        let before = String(decoding: bytes[..<place.lowerBound], as: UTF8.self).count
        let under = String(decoding: bytes[place], as: UTF8.self).count
        let mark = "^" + String(repeating: "~", count: max(0, under - 1))
        return ["  " + shown, "  " + String(repeating: " ", count: before) + mark]
    }
}
