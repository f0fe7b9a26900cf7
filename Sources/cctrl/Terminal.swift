import LineEditor
import Shell

/// A person at a terminal: shows output, reads lines and answers.
final class Terminal: Screen, LineSource {
    /// What TAB offers for a line.
    var complete: (String, Int) -> TabOffer = { _, cursor in TabOffer(start: cursor, words: []) }
    private let editor: LineEditor
    private let output: Output

    init(_ editor: LineEditor, _ output: Output) {
        self.editor = editor
        self.output = output
    }

    var isInteractive: Bool { true }

    func print(_ line: String) { output.print(line) }

    func complain(_ line: String) { output.print(line) }

    func flush() { output.flush() }

    func ask(_ question: String) -> String? {
        output.flush()
        guard case .line(let answer) = editor.readLine(prompt: question) else { return nil }
        return String(answer.drop { $0 == " " }.prefix { $0 != " " })
    }

    func next(prompt: String) -> InputEvent {
        output.flush()
        return switch editor.readLine(prompt: prompt, complete: complete) {
        case .line(let line): .line(line)
        case .interrupted: .interrupted
        case .end: .end
        }
    }
}
