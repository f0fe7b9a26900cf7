import AdminProtocol
import TerminalText

/// A refusal on the screen.
package enum RefusalView {
    package static func lines(_ refusal: Refusal) -> [String] {
        ["ERROR: \(SafeLine.of(refusal.message))"] + (refusal.hint.map { ["Hint: \(SafeLine.of($0))"] } ?? [])
    }
}

/// A line that a manager sent, made harmless for the terminal.
enum SafeLine {
    static func of(_ line: String) -> String { SafeText.clean(line) }
}
