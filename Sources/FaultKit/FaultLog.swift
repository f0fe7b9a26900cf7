import Glibc
import Synchronization

/// What happened, a line each with the time of day (UTC), for a person who reads it at night.
package final class FaultLog: Sendable {
    private let file: Int32?
    private let show: @Sendable (String) -> Void
    private let gate = Mutex(())

    /// - Parameters:
    ///   - path: a file that gets every line; nil for none.
    ///   - show: gets the lines that are not details.
    package init(path: String?, show: @escaping @Sendable (String) -> Void) throws {
        self.show = show
        guard let path else {
            file = nil
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw FaultError("cannot write '\(path)': \(String(cString: strerror(errno)))")
        }
        file = descriptor
    }

    deinit { if let file { close(file) } }

    package func line(_ text: String) { put(text, isDetail: false) }

    /// Only in the file.
    package func detail(_ text: String) { put("    " + text, isDetail: true) }

    private func put(_ text: String, isDetail: Bool) {
        let stamp = Self.time()
        gate.withLock { _ in
            for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
                let line = "\(stamp)  \(part)"
                if !isDetail { show(line) }
                guard let file else { continue }
                let bytes = Array((line + "\n").utf8)
                // A full disk must not end the run; what is shown is there all the same.
                _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            }
        }
    }

    /// The time of day, as `12:34:56.789`.
    private static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let seconds = now.tv_sec % 86_400
        let thousandths = String(1000 + now.tv_nsec / 1_000_000).dropFirst()
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(thousandths)"
    }
}

/// Why a run of faults could not go on.
package struct FaultError: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
