import CommandGrammar

/// A typed line that is one `watch [seconds] <command>`.
package struct WatchLine: Hashable, Sendable {
    package static let word = "watch"
    /// Seconds between two looks; nil where none are given.
    package var seconds: Int?
    /// The command, as typed.
    package var command: String
    /// Where it begins: an offset into the line's UTF-8.
    package var start: Int

    /// Nil where the line is anything else.
    package init?(_ line: String) {
        let statements = Tokenizer.statements(line)
        guard let only = statements.last, statements.count == 1 else { return nil }
        var tokens = only.tokens[...]
        guard let first = tokens.popFirst(), !first.quoted, first.text.lowercased() == Self.word else {
            return nil
        }
        if let next = tokens.first, !next.quoted, let number = Int(next.text) {
            guard (1...3600).contains(number) else { return nil }
            seconds = number
            tokens.removeFirst()
        }
        let bytes = Array(line.utf8)
        guard let begin = tokens.first?.range.lowerBound else {
            // The command is still to be typed.
            command = ""
            start = bytes.count
            return
        }
        start = begin
        command = String(decoding: bytes[begin...], as: UTF8.self)
    }
}
