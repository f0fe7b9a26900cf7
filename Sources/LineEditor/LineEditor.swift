import CEdit
import Glibc

/// Lines typed at a terminal, with editing, history and TAB; owns libedit.
///
/// Single-threaded: its callbacks run on the thread that calls `readLine`. libedit's own signal handling
/// stays off: its reader is replaced by `KeyReader`, which also watches `SignalPipe`.
package final class LineEditor {
    let edit: OpaquePointer
    private let past: OpaquePointer
    private let history: HistoryFile?
    /// The prompt as libedit reads it, ended by a zero.
    private var prompt: UnsafeMutableBufferPointer<CChar>
    /// Columns of the prompt.
    private(set) var promptWidth = 0
    var wasInterrupted = false
    /// Whether prompt and line are on the screen.
    private(set) var isReading = false
    /// Whether the keys that come are a paste, which nothing may interrupt.
    var isPasting = false
    private(set) var help: LineHelp?

    /// - Parameter history: where lines are kept; nil keeps them for this session only.
    /// - Returns: nil where there is no UTF-8 locale or libedit cannot start.
    package init?(program: String, history: HistoryFile?) {
        guard SignalPipe.install(), cedit_use_utf8() != 0 else { return nil }
        guard let past = history_init() else { return nil }
        guard let edit = cedit_new(program) else {
            history_end(past)
            return nil
        }
        self.edit = edit
        self.past = past
        self.history = history
        prompt = Self.copy("")
        recall()
        configure()
    }

    deinit {
        el_end(edit)
        history_end(past)
        prompt.deallocate()
    }

    private static func copy(_ text: String) -> UnsafeMutableBufferPointer<CChar> {
        let bytes = text.utf8CString
        let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        return copy
    }

    private func recall() {
        _ = cedit_history_setting(past, H_SETSIZE, 1000)
        _ = cedit_history_setting(past, H_SETUNIQUE, 1)
        for line in history?.newest(1000) ?? [] { cedit_history_add(past, line) }
        _ = cedit_set_history(edit, past)
    }

    private func configure() {
        _ = cedit_set_owner(edit, Unmanaged.passUnretained(self).toOpaque())
        _ = cedit_leave_signals(edit)
        _ = cedit_set_emacs_keys(edit)
        _ = cedit_set_prompt(edit) { edit in
            LineEditor.owner(of: edit)?.prompt.baseAddress
        }
        _ = cedit_set_reader(edit) { edit, key in
            guard let editor = LineEditor.owner(of: edit), let key else { return -1 }
            return editor.nextKey(key)
        }
        _ = cedit_add_function(edit, "cctrl-complete", "complete a word") { edit, _ in
            LineEditor.owner(of: edit)?.completeWord() ?? UInt8(CC_ERROR)
        }
        _ = cedit_add_function(edit, "cctrl-paste", "insert pasted text") { edit, _ in
            LineEditor.owner(of: edit)?.insertPasted() ?? UInt8(CC_ERROR)
        }
        _ = cedit_add_function(edit, "cctrl-explain", "list what can come next") { edit, _ in
            LineEditor.owner(of: edit)?.explainPlace() ?? UInt8(CC_ERROR)
        }
        let keys = [
            ("^R", "em-inc-search-prev"), ("\\e[1;5C", "em-next-word"), ("\\e[1;5D", "ed-prev-word"),
            ("\\e[3~", "ed-delete-next-char"),
        ]
        for (key, function) in keys { _ = cedit_bind(edit, key, function) }
        // The user's own bindings (~/.editrc) win; `bind -v` there forgets these, which are set after it for
        // that reason.
        _ = el_source(edit, nil)
        _ = cedit_bind(edit, "^I", "cctrl-complete")
        _ = cedit_bind(edit, "?", "cctrl-explain")
        _ = cedit_bind(edit, "\\e[200~", "cctrl-paste")
    }

    private static func owner(of edit: OpaquePointer?) -> LineEditor? {
        guard let edit, let owner = cedit_owner(edit) else { return nil }
        return Unmanaged<LineEditor>.fromOpaque(owner).takeUnretainedValue()
    }

    /// Shows the prompt and reads one line.
    ///
    /// - Parameters:
    ///   - text: the prompt; what stands between two U+0001 takes no room (colours).
    ///   - help: TAB, `?` and what else helps; nil for answers to questions, which history leaves alone too.
    package func readLine(prompt text: String, help: LineHelp? = nil) -> LineEvent {
        setPrompt(text)
        self.help = help
        wasInterrupted = false
        // The window may have changed while a command ran.
        el_resize(edit)
        var count: Int32 = 0
        // libedit would do this only after the prompt: a Ctrl-D typed in between would be lost.
        _ = cedit_take_terminal(edit)
        show("\u{1b}[?2004h")  // A paste comes between marks from now on.
        isReading = true
        let typed = el_gets(edit, &count)
        isReading = false
        show("\u{1b}[?2004l")
        if wasInterrupted { return .interrupted }
        guard let typed, count > 0 else { return .end }
        var line = String(cString: typed)
        if line.hasSuffix("\n") { line.removeLast() }
        if help != nil { remember(line) }
        return .line(line)
    }

    func setPrompt(_ text: String) {
        prompt.deallocate()
        prompt = Self.copy(text)
        promptWidth = 0
        var isShown = true
        for scalar in text.unicodeScalars {
            if scalar == "\u{1}" { isShown.toggle() } else if isShown { promptWidth += Self.width(scalar) }
        }
    }

    /// A line that begins with a blank is not kept, as in other shells, and none that may hold a secret.
    private func remember(_ line: String) {
        guard !line.isEmpty, !line.hasPrefix(" "), !line.contains(where: \.isNewline),
            !HistoryFile.mayHoldSecret(line)
        else { return }
        cedit_history_renew(past, line)
        history?.append(line)
    }
}
