import Glibc
import LineEditor
import Shell
import TerminalText

/// A window that shows what a command says again and again; any key ends it.
///
/// It uses the terminal's other screen, so that what stood there before comes back.
final class WatchWindow {
    private let title: String
    private let seconds: Int
    private let paint: (String) -> String
    private var shown: [String] = []
    private var before: [String] = []
    /// The last look that found a manager.
    private var lastGood: [String]?

    init(title: String, seconds: Int, paint: @escaping (String) -> String) {
        self.title = title
        self.seconds = seconds
        self.paint = paint
    }

    /// - Parameter look: what the command says now.
    /// - Returns: what to tell where the command cannot be repeated; empty when a key ended it.
    func run(_ look: () -> (lines: [String], ending: Ending)) -> [String] {
        var usual = termios()
        guard tcgetattr(STDIN_FILENO, &usual) == 0 else { return ["ERROR: this is no terminal"] }
        var keys = usual
        keys.c_lflag &= ~tcflag_t(ICANON | ECHO)
        var isOpen = false
        defer {
            if isOpen { write("\u{1b}[?25h\u{1b}[?1049l") }
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual)
        }
        tcsetattr(STDIN_FILENO, TCSANOW, &keys)
        while true {
            let (lines, ending) = look()
            if isKeyPressed(milliseconds: 0) { return [] }
            if case .failed(let status) = ending {
                // Without a manager, or with a silent one, it is worth looking again.
                guard [5, 6, 7].contains(status) else { return lines }
                take(lines + (lastGood.map { [""] + $0 } ?? []))
            } else {
                lastGood = lines
                take(lines)
            }
            if !isOpen { write("\u{1b}[?1049h\u{1b}[?25l") }
            isOpen = true
            draw()
            if isKeyPressed(milliseconds: seconds * 1000) { return [] }
        }
    }

    private func take(_ lines: [String]) {
        before = shown
        shown = lines
    }

    private func draw() {
        let window = Window.size
        let head = "every \(seconds) s, \(LocalTime.now), any key ends: \(title)"
        var text = "\u{1b}[H" + ScreenText.cut(head, columns: window.columns) + "\u{1b}[K"
        for (line, before) in rows(window.columns).prefix(max(0, window.rows - 1)) {
            let fitting = ScreenText.cut(line, columns: window.columns)
            let old = ScreenText.cut(before ?? line, columns: window.columns)
            let isChanged = fitting != old
            text +=
                "\r\n" + (isChanged ? ScreenText.marked(fitting, against: old) : paint(fitting)) + "\u{1b}[K"
        }
        write(text + "\u{1b}[J")
    }

    /// Each row with what stood there at the look before; nil where there was none.
    ///
    /// A line that has become longer than the window does not move what is compared below it.
    private func rows(_ columns: Int) -> [(now: String, before: String?)] {
        shown.enumerated().flatMap { index, line -> [(String, String?)] in
            let now = Box.narrowed(line, columns: columns)
            guard !before.isEmpty else { return now.map { ($0, nil) } }
            let old = index < before.count ? Box.narrowed(before[index], columns: columns) : []
            return now.enumerated().map { ($1, $0 < old.count ? old[$0] : "") }
        }
    }

    /// Waits for a key; a change of the window is followed at once.
    private func isKeyPressed(milliseconds: Int) -> Bool {
        let end = MonotonicClock.milliseconds + milliseconds
        while true {
            var watched = [STDIN_FILENO, SignalPipe.descriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let left = max(0, end - MonotonicClock.milliseconds)
            let ready = poll(&watched, nfds_t(watched.count), Int32(clamping: left))
            if ready == 0 { return false }
            if ready < 0 && errno != EINTR { return true }
            if ready > 0, watched[0].revents != 0 { return true }
            if ready > 0, watched[1].revents != 0 {
                let signals = SignalPipe.take()
                if signals.contains(SIGINT) { return true }
                if signals.contains(SIGWINCH) { draw() }
            }
        }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}

/// The wall clock, as a person reads it.
enum LocalTime {
    /// `05:50:43`.
    static var now: String {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
            .joined(separator: ":")
    }
}
