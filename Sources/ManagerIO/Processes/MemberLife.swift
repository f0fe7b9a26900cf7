import Glibc
import Synchronization

/// What became of the etcd member that this manager runs: its process, and why it ended.
package final class MemberLife: Sendable {
    private struct State {
        var pid: pid_t?
        var ends: [ContinuousClock.Instant] = []
        var lastWords: String?
    }

    /// A member that ends again and again is not well although it runs at times.
    private static let window = Duration.seconds(20)

    private let state = Mutex(State())

    /// The process; nil where none runs.
    var pid: pid_t? { state.withLock { $0.pid } }

    /// Why it does not run, or ends again and again; nil where it runs well or nothing is known.
    var problem: String? {
        state.withLock { state in
            let isUnsteady = state.ends.count { $0.duration(to: .now) < Self.window } > 1
            return state.pid == nil || isUnsteady ? state.lastWords : nil
        }
    }

    /// How often it has ended lately.
    var recentEnds: Int {
        state.withLock { $0.ends.count { $0.duration(to: .now) < Self.window } }
    }

    func runs(_ pid: pid_t?) { state.withLock { $0.pid = pid } }

    /// - Parameter log: the member's log, whose end may tell why.
    func ended(log: String) {
        let words = Self.lastWords(of: log)
        state.withLock { state in
            state.pid = nil
            state.ends = state.ends.suffix(3) + [.now]
            state.lastWords = words
        }
    }

    /// What etcd said when it gave up, without the trace that follows.
    ///
    /// Its log has a JSON object a line; one of a panic is plain.
    static func lastWords(of log: String) -> String? {
        guard let text = SmallFile.end(of: log, limit: 32_768) else { return nil }
        let lines = text.split(separator: "\n").suffix(60)
        for line in lines.reversed() {
            guard line.contains("\"level\":\"fatal\"") || line.contains("\"level\":\"panic\"") else {
                if line.hasPrefix("panic: ") { return String(line.prefix(300)) }
                continue
            }
            let parts = ["msg", "error"].compactMap { value(of: $0, in: line) }
            if !parts.isEmpty { return String(parts.joined(separator: ": ").prefix(300)) }
        }
        return nil
    }

    private static func value(of name: String, in line: Substring) -> Substring? {
        guard let start = line.firstRange(of: "\"\(name)\":\"") else { return nil }
        return line[start.upperBound...].prefix { $0 != "\"" }
    }
}
