import CEdit
import Glibc

/// Ctrl-C, window changes and requests to end, turned into bytes of a pipe that a `poll` can watch.
package enum SignalPipe {
    private static nonisolated(unsafe) var ends: (read: Int32, write: Int32) = (-1, -1)

    /// The end to watch; -1 before `install`.
    package static var descriptor: Int32 { ends.read }

    /// Catches SIGINT and SIGWINCH; once for the process.
    /// - Returns: false where the system gives no pipe: the signals then keep their usual effect.
    @discardableResult
    package static func install() -> Bool {
        guard ends.read < 0 else { return true }
        var both: [Int32] = [-1, -1]
        guard pipe2(&both, O_CLOEXEC | O_NONBLOCK) == 0 else { return false }
        ends = (both[0], both[1])
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            let kept = errno
            var byte = UInt8(truncatingIfNeeded: signal)
            _ = write(SignalPipe.ends.write, &byte, 1)
            errno = kept
        }
        sigaction(SIGINT, &action, nil)
        sigaction(SIGWINCH, &action, nil)
        // A program started from a thread that blocks signals inherits that.
        var wanted = sigset_t()
        sigemptyset(&wanted)
        for signal in [SIGINT, SIGWINCH, SIGTERM] { sigaddset(&wanted, signal) }
        sigprocmask(SIG_UNBLOCK, &wanted, nil)
        return true
    }

    /// The signals that came since the last look.
    package static func take() -> Set<Int32> {
        var signals: Set<Int32> = []
        var byte: UInt8 = 0
        while read(ends.read, &byte, 1) == 1 { signals.insert(Int32(byte)) }
        return signals
    }
}
