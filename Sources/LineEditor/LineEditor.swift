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
    var promptWidth = 0
    var wasInterrupted = false
    private var complete: ((_ line: String, _ cursor: Int) -> TabOffer)?

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
        for line in history?.newest(1000) ?? [] { _ = cedit_history_add(past, line) }
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
        let keys = [
            ("^R", "em-inc-search-prev"), ("\\e[200~", "cctrl-paste"), ("\\e[1;5C", "em-next-word"),
            ("\\e[1;5D", "ed-prev-word"), ("\\e[3~", "ed-delete-next-char"),
        ]
        for (key, function) in keys { _ = cedit_bind(edit, key, function) }
        // The user's own bindings (~/.editrc) win; `bind -v` there forgets TAB, which is set after it for
        // that reason.
        _ = el_source(edit, nil)
        _ = cedit_bind(edit, "^I", "cctrl-complete")
    }

    private static func owner(of edit: OpaquePointer?) -> LineEditor? {
        guard let edit, let owner = cedit_owner(edit) else { return nil }
        return Unmanaged<LineEditor>.fromOpaque(owner).takeUnretainedValue()
    }

    /// Shows the prompt and reads one line.
    ///
    /// - Parameter complete: what TAB offers; nil for answers to questions, which TAB and history leave
    ///   alone.
    package func readLine(
        prompt text: String, complete: ((_ line: String, _ cursor: Int) -> TabOffer)? = nil
    ) -> LineEvent {
        prompt.deallocate()
        prompt = Self.copy(text)
        promptWidth = text.unicodeScalars.reduce(0) { $0 + Self.width($1) }
        self.complete = complete
        wasInterrupted = false
        var count: Int32 = 0
        // libedit would do this only after the prompt: a Ctrl-D typed in between would be lost.
        _ = cedit_take_terminal(edit)
        show("\u{1b}[?2004h")  // A paste comes between marks from now on.
        let typed = el_gets(edit, &count)
        show("\u{1b}[?2004l")
        if wasInterrupted { return .interrupted }
        guard let typed, count > 0 else { return .end }
        var line = String(cString: typed)
        if line.hasSuffix("\n") { line.removeLast() }
        if complete != nil { remember(line) }
        return .line(line)
    }

    /// A line that begins with a blank is not kept, as in other shells.
    private func remember(_ line: String) {
        guard !line.isEmpty, !line.hasPrefix(" "), !line.contains(where: \.isNewline) else { return }
        _ = cedit_history_add(past, line)
        history?.append(line)
    }

    // MARK: the screen

    /// Writes through the stream that libedit draws on, so that the order is kept.
    func show(_ text: String) {
        let output = cedit_output()
        fputs(text, output)
        fflush(output)
    }

    static func width(_ scalar: Unicode.Scalar) -> Int {
        max(0, Int(wcwidth(wchar_t(bitPattern: scalar.value))))
    }

    static var columns: Int {
        var size = winsize()
        let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return known ? Int(size.ws_col) : 80
    }

    // MARK: TAB

    private func completeWord() -> UInt8 {
        guard let info = el_line(edit)?.pointee, let buffer = info.buffer else { return UInt8(CC_ERROR) }
        let cursor = info.cursor - buffer
        let bytes = UnsafeRawBufferPointer(start: buffer, count: info.lastchar - buffer)
        let line = String(decoding: bytes, as: UTF8.self)
        guard let offer = complete?(line, cursor), (0...cursor).contains(offer.start),
            let first = offer.words.first
        else { return UInt8(CC_REFRESH_BEEP) }
        let typed = String(decoding: bytes[offer.start..<cursor], as: UTF8.self)
        let common = offer.words.dropFirst().reduce(first) { WordColumns.commonPrefix($0, $1) }
        guard common.count > typed.count || offer.words.count == 1 else {
            show("\n" + WordColumns.text(offer.words, width: Self.columns))
            return UInt8(CC_REDISPLAY)
        }
        // libedit counts characters here, not bytes.
        el_deletestr(edit, Int32(clamping: typed.unicodeScalars.count))
        return el_insertstr(edit, common + (offer.words.count == 1 ? " " : "")) == 0
            ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
    }
}
