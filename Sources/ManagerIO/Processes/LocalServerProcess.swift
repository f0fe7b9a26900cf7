import AdminProtocol
import Glibc
import Manager
import Synchronization
import WorkLoop

/// The process of this host's server, by the number that the server keeps in its own file.
package struct LocalServerProcess: ServerProcess {
    private let server: MariaDBServer
    /// Where the number is as long as the server has not said.
    private let file: String

    package init(of server: MariaDBServer, file: String) {
        self.server = server
        self.file = file
    }

    package func condition() async -> ProcessCondition {
        // The file may be on a disk that hangs.
        await WorkLoop.away { look() }
    }

    private func look() -> ProcessCondition {
        guard let pid else { return SmallFile.text(path) == nil ? .unknown : .gone }
        guard let text = SmallFile.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
            return .gone
        }
        // Fields from the third on: the state, and as the 14th and 15th the time used. Source: proc_pid_stat(5).
        let fields = text[end...].dropFirst(2).split(separator: " ")
        guard fields.count > 13, let state = fields.first else { return .unknown }
        switch state {
        case "T": return .stopped
        case "Z", "X": return .gone
        default: return .running(ticks: (UInt64(fields[11]) ?? 0) + (UInt64(fields[12]) ?? 0))
        }
    }

    package func kill() async throws(Refusal) {
        try await WorkLoop.away { () throws(Refusal) in try end() }
    }

    private func end() throws(Refusal) {
        guard let pid else {
            throw Refusal(
                .serverError, "the server's process is not known (\(path)): it could not be killed",
                hint: "make sure by hand that the server takes no writes")
        }
        guard Glibc.kill(pid, SIGKILL) == 0 || errno == ESRCH else {
            throw Refusal(
                .serverError,
                "the server's process \(pid) could not be killed: \(String(cString: strerror(errno)))",
                hint:
                    "run the manager as root or as the server's user; make sure that the server takes no writes"
            )
        }
        // A killed process is gone when its memory is: new connections are refused before that already.
        for _ in 0..<200 where Self.isServer(pid) { usleep(5000) }
    }

    private var path: String { server.processFile.withLock { $0 } ?? file }

    /// Nil where there is no such process, or where the number is another program's by now.
    private var pid: pid_t? {
        guard let text = SmallFile.text(path), let pid = pid_t(text.prefix { $0.isNumber }), pid > 1,
            Self.isServer(pid)
        else { return nil }
        return pid
    }

    private static func isServer(_ pid: pid_t) -> Bool {
        guard let text = SmallFile.text("/proc/\(pid)/stat"), let start = text.firstIndex(of: "("),
            let end = text.lastIndex(of: ")")
        else { return false }
        let name = text[text.index(after: start)..<end]
        return ["mariadbd", "mysqld"].contains { name.hasPrefix($0) }
            && !text[end...].dropFirst(2).hasPrefix("Z")
    }
}
