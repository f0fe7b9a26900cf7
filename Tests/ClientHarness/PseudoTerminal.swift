import Glibc
import ServerHarness

/// A program on a terminal of its own: `send` keys, `expect` text.
package final class PseudoTerminal {
    private let master: Int32
    package let pid: pid_t
    /// What was shown after the last text that was expected.
    package private(set) var shown = ""

    package init(_ path: String, _ arguments: [String] = [], environment: [String] = [], columns: UInt16 = 80)
        throws
    {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN, which Swift does not import.
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0,
            ioctl(master, 0x8004_5430, &number) == 0
        else {
            throw HarnessError("no pseudo-terminal", errno)
        }
        pid = try Spawn.start(
            path, arguments, environment: environment, terminal: "/dev/pts/\(number)", outputs: nil)
        resize(columns: columns)
    }

    /// Changes the window; the program gets SIGWINCH.
    package func resize(columns: UInt16) {
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
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
    package func expect(_ text: String, seconds: Int32 = 10) throws {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            if let found = shown.firstRange(of: text) {
                shown = String(shown[found.upperBound...])
                return
            }
            var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            let ready = poll(&watched, 1, seconds * 1000)
            let count = ready > 0 ? read(master, &chunk, chunk.count) : 0
            guard count > 0 else {
                throw HarnessError("no \(text.debugDescription) in \(shown.debugDescription)")
            }
            shown += String(decoding: chunk[..<count], as: UTF8.self)
        }
    }

    /// Waits for the program's end.
    package func exitStatus() throws -> Int32 { try Spawn.wait(for: pid) }
}
