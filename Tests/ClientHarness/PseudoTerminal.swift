import Glibc
import ServerHarness

/// A program on a terminal of its own: `send` keys, `expect` text.
package final class PseudoTerminal {
    private let master: Int32
    package let pid: pid_t
    /// What was shown after the last text that was expected.
    package private(set) var shown = ""
    /// What a person sees.
    package private(set) var screen: TerminalScreen
    private var unread: [UInt8] = []

    package init(
        _ path: String, _ arguments: [String] = [], environment: [String] = [], columns: UInt16 = 80,
        rows: UInt16 = 24
    ) throws {
        screen = TerminalScreen(columns: Int(columns), rows: Int(rows))
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN, which Swift does not import.
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0,
            ioctl(master, 0x8004_5430, &number) == 0
        else {
            throw HarnessError("no pseudo-terminal", errno)
        }
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        pid = try Spawn.start(
            path, arguments, environment: environment, terminal: "/dev/pts/\(number)", outputs: nil)
    }

    /// Changes the window; the program gets SIGWINCH.
    package func resize(columns: UInt16, rows: UInt16 = 24) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        screen.resize(columns: Int(columns), rows: Int(rows))
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    deinit {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        close(master)
    }

    package func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Waits for `text`.
    /// - Throws: what came instead.
    package func expect(_ text: String, seconds: Int32 = 30) throws {
        try expect(text, seconds: seconds) { $0.firstRange(of: text) }
    }

    /// Waits for a sentence, wherever its lines end.
    /// - Throws: what came instead.
    package func expect(prose text: String, seconds: Int32 = 30) throws {
        let words = text.split(separator: " ").map { "\\Q\($0)\\E" }
        let pattern = try Regex(words.joined(separator: "\\s+"))
        try expect(text, seconds: seconds) { $0.firstRange(of: pattern) }
    }

    private func expect(_ text: String, seconds: Int32, _ find: (String) -> Range<String.Index>?) throws {
        let end = Self.now + Int(seconds) * 1000
        while true {
            if let found = find(shown) {
                shown = String(shown[found.upperBound...])
                return
            }
            guard take(until: end) else {
                throw HarnessError("no \(text.debugDescription) in \(shown.debugDescription)")
            }
        }
    }

    /// Waits until the screen is as wanted.
    /// - Throws: the screen that stayed.
    package func expectScreen(
        _ what: String, seconds: Int32 = 30, _ condition: (TerminalScreen) -> Bool
    ) throws {
        let end = Self.now + Int(seconds) * 1000
        while !condition(screen) {
            guard take(until: end) else {
                throw HarnessError("\(what): the screen is\n\(screen.text)")
            }
        }
    }

    /// Waits for something outside the terminal.
    package func wait(_ what: String, seconds: Int = 30, _ condition: () -> Bool) throws {
        let end = Self.now + seconds * 1000
        while Self.now < end {
            if condition() { return }
            _ = take(until: Self.now + 20)
        }
        throw HarnessError("\(what) did not come; the screen is\n\(screen.text)")
    }

    /// Milliseconds of a clock that only goes forward.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Takes what the program writes next.
    /// - Returns: false where nothing came.
    private func take(until end: Int) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, Int32(clamping: max(0, end - Self.now))) > 0 else { return false }
        let count = read(master, &chunk, chunk.count)
        guard count > 0 else { return false }
        unread += chunk[..<count]
        // A character may come in two pieces.
        let whole = unread.count - unfinished(unread)
        let text = String(decoding: unread[..<whole], as: UTF8.self)
        unread.removeFirst(whole)
        shown += text
        screen.take(text)
        return true
    }

    /// Bytes at the end that are the beginning of a character.
    private func unfinished(_ bytes: [UInt8]) -> Int {
        for (back, byte) in bytes.reversed().prefix(4).enumerated() where byte & 0xC0 != 0x80 {
            let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            return length > back + 1 ? back + 1 : 0
        }
        return 0
    }

    /// Waits for the program's end.
    package func exitStatus(seconds: Int = 60) throws -> Int32 { try Spawn.wait(for: pid, seconds: seconds) }
}
