import Glibc
import LineEditor
import Shell
import TerminalText

/// A person at a terminal: shows output, reads lines and answers.
///
/// What a command prints is gathered until it wants it seen; what is taller than the window then goes through
/// the pager.
final class Terminal: Screen, LineSource {
    /// TAB, `?` and what else helps at a prompt.
    var help: LineHelp?
    /// What is set in `~/.cctrlrc`.
    var personal = PersonalSettings()
    /// Runs a line, and says whether every command of it was done.
    var run: (String) -> Ending = { _ in .done }
    /// A prompt comes up.
    var promptBegins: () -> Void = {}
    /// What the prompt says beside the classic words.
    var promptExtra: () -> String? = { nil }
    private let editor: LineEditor
    private let output: Output
    private let managers: Managers
    private var style = Style(PersonalSettings())
    private var classicPrompt = ""
    private var pending: [String] = []
    /// Where a frame of `watch` is gathered, nothing is shown and nobody can be asked.
    private var frame: [String]?

    init(_ editor: LineEditor, _ output: Output, _ managers: Managers) {
        self.editor = editor
        self.output = output
        self.managers = managers
    }

    func adopt(_ personal: PersonalSettings) {
        self.personal = personal
        style = Style(personal)
    }

    // MARK: Screen

    var isInteractive: Bool { frame == nil }

    func print(_ line: String) { pending.append(line) }

    func complain(_ line: String) { pending.append(line) }

    func flush() {
        let whole = pending
        pending = []
        guard !whole.isEmpty else { return }
        if frame != nil {
            frame?.append(contentsOf: whole)
            return
        }
        let window = Window.size
        let lines = whole.flatMap { Box.narrowed($0, columns: window.columns) }
            .flatMap { ScreenText.folded($0, columns: window.columns) }
        let rows = lines.reduce(0) { $0 + ScreenText.rows($1, columns: window.columns) }
        let shown = lines.map(painted)
        if let pager = style.pager, rows >= window.rows {
            let isShown = Pager.show(shown.map { $0 + "\n" }.joined(), with: pager)
            // A Ctrl-C that was meant for the pager ends nothing here.
            _ = SignalPipe.take()
            if isShown { return }
        }
        shown.forEach(output.print)
        output.flush()
    }

    func ask(_ question: String) -> String? {
        flush()
        guard isInteractive, case .line(let answer) = editor.readLine(prompt: question) else { return nil }
        return String(answer.drop { $0 == " " }.prefix { $0 != " " })
    }

    private func painted(_ line: String) -> String {
        style.usesColor ? StateColors.paint(line) : line
    }

    // MARK: LineSource

    func next(prompt: String) -> InputEvent {
        while true {
            flush()
            classicPrompt = prompt
            promptBegins()
            switch editor.readLine(prompt: decoratedPrompt, help: help) {
            case .interrupted: return .interrupted
            case .end: return .end
            case .line(let typed):
                let line = personal.expand(typed)
                guard let watch = WatchLine(line), !watch.command.isEmpty, canRedraw else {
                    return .line(line)
                }
                repeatedly(watch)
            }
        }
    }

    /// The prompt has something else to say.
    func redrawPrompt() { editor.changePrompt(decoratedPrompt) }

    /// What there is to tell, before the classic prompt: programs that wait for that find it as it always was.
    private var decoratedPrompt: String {
        guard let extra = promptExtra() else { return classicPrompt }
        // What stands between two U+0001 takes no room.
        let shown = style.usesColor ? "\u{1}\u{1b}[33m\u{1}\(extra)\u{1}\u{1b}[0m\u{1}" : extra
        return "\(shown) \(classicPrompt)"
    }

    // MARK: beside the commands

    /// Shows what nobody asked for: above the prompt, or among the output of the command that runs.
    func note(_ lines: [String]) {
        let notes = lines.map { "NOTE \(LocalTime.now): \($0)" }
        if frame != nil {
            frame?.append(contentsOf: notes)
        } else {
            flush()
            output.flush()
            let columns = Window.size.columns
            editor.printAbove(notes.flatMap { ScreenText.folded($0, columns: columns) }.map(painted))
        }
    }

    private var canRedraw: Bool { Settings.environment("TERM") ?? "dumb" != "dumb" }

    private func repeatedly(_ watch: WatchLine) {
        let window = WatchWindow(
            title: watch.command, seconds: watch.seconds ?? personal.watchSeconds,
            paint: { [unowned self] in painted($0) })
        let failure = managers.readingOnly {
            window.run { [unowned self] in look(watch.command) }
        }
        failure.forEach(print)
    }

    /// One look of `watch`.
    private func look(_ command: String) -> (lines: [String], ending: Ending) {
        frame = []
        let ending = run(command)
        flush()
        let lines = frame ?? []
        frame = nil
        return (lines, ending)
    }
}
