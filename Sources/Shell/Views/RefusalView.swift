import AdminProtocol
import CommandGrammar
import TerminalText

/// A refusal on the screen.
package enum RefusalView {
    package static func lines(_ refusal: Refusal) -> [String] {
        ["ERROR: \(SafeLine.of(refusal.message))"] + (refusal.hint.map { ["Hint: \(SafeLine.of($0))"] } ?? [])
    }

    /// The same with a caret under the word of `line` that is wrong.
    static func lines(_ refusal: Refusal, at place: Range<Int>?, in line: String) -> [String] {
        var lines = lines(refusal)
        if let place {
            let pointer = GrammarError(refusal.message, at: place).pointer(in: line)
            lines.insert(contentsOf: pointer.map(SafeLine.of), at: 1)
        }
        return lines
    }
}

/// A line that a manager sent, made harmless for the terminal.
enum SafeLine {
    static func of(_ line: String) -> String { SafeText.clean(line) }

    /// Fields of a row, parted by tabs; tabs and line ends within a field become blanks.
    static func field(_ fields: [String]) -> String {
        fields.map { field in
            String(SafeText.clean(field).map { $0 == "\t" || $0.isNewline ? " " : $0 })
        }.joined(separator: "\t")
    }
}
