import Glibc
import Synchronization

/// The reason of the last system call.
func systemReason() -> String { String(cString: strerror(errno)) }

/// A moment that a wait must not pass.
struct Deadline {
    private let end: ContinuousClock.Instant
    /// Whether the wait also ends when the operator presses Ctrl-C; stopping and cleaning up goes on.
    private let isInterruptible: Bool

    init(seconds: Double, isInterruptible: Bool = true) {
        end = .now + .seconds(seconds)
        self.isInterruptible = isInterruptible
    }

    var isOver: Bool { .now >= end }

    /// Asks every 10 ms until `condition` holds; false where the time is over first.
    func wait(until condition: () throws -> Bool) throws -> Bool {
        while true {
            if try condition() { return true }
            if isInterruptible { try Interruption.check() }
            if isOver { return false }
            usleep(10_000)
        }
    }
}

/// Has everything that programs have written so far on its disks before anything is measured there.
///
/// Linux does that by itself half a minute after a file was written (`vm.dirty_expire_centisecs`), with all of the
/// disk: a build, or the data of new servers, then keeps every commit waiting for 50 to 90 ms.
package func settleDisks() { sync() }

/// Ctrl-C and its like, which end a run at the next safe point.
package enum Interruption {
    private static let requested = Atomic<Bool>(false)

    /// From now on the signals only leave a note, whatever thread they reach.
    package static func prepare() {
        // Made here: the handler must find it there.
        requested.store(false, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in Interruption.requested.store(true, ordering: .relaxed)
        }
        action.sa_flags = SA_RESTART
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaction(signal, &action, nil) }
    }

    package static func check() throws {
        if requested.load(ordering: .relaxed) { throw SandboxError("interrupted") }
    }
}

/// `text` as one word of a POSIX shell.
package func shellWord(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-+:,@%".utf8.contains(byte)
        }
    }
    return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
