import AdminProtocol
import ClusterModel
import Manager
import MariaDBClient
import Synchronization
import WorkLoop

/// What must work when other sessions of the manager wait: each of these has connections of its own.
extension MariaDBServer {
    package func lifeSign(deadline: Duration) async -> LifeSign {
        // The first connection may be one to a server that has ended or been restarted since.
        for isFresh in [false, true] {
            do throws(MariaDBError) {
                try await pulse.ping(deadline: deadline)
                return .alive
            } catch {
                if let sign = Self.sign(of: error, isFresh: isFresh) { return sign }
            }
        }
        return .silent
    }

    /// What an error tells of a server, or nil where a new connection tells more.
    ///
    /// One that refuses a password, or has or meets a certificate that has expired, is alive: TLS fails on
    /// a new connection because the server has said something. On one that stood it also fails where the server was
    /// killed.
    static func sign(of error: MariaDBError, isFresh: Bool) -> LifeSign? {
        if error.isRefused { return .refused }
        if error.code == .tlsFailed { return isFresh ? .alive : nil }
        guard error.isConnectionError else { return .alive }
        return isFresh || error.isTimeout ? .silent : nil
    }

    package func awaitEnd(limit: Duration) async -> Bool {
        do throws(MariaDBError) {
            return try await vigil.awaitEnd(limit: limit)
        } catch {
            // It cannot be reached; whether it serves is judged by its signs of life.
            try? await Task.sleep(for: limit, clock: .loop)
            return false
        }
    }

    package func fence(limit: Duration) async throws(Refusal) -> Int {
        let isDone = Done()
        // Sessions that are ended below count as commits without a receipt, and were told nothing.
        let counts = try? await receiptCounts(on: pulse, min(limit, .milliseconds(150)))
        watch.withLock { $0.fence(without: counts?.without, waits: counts?.waits ?? false, at: .now) }
        async let trouble = close(limit, isDone)
        var cut = 0
        // A session that waits for a receipt is left alone: ended, it would commit here what no other server has. Where
        // such a one keeps the server from being closed, a kill is the better end: a start takes all of that back.
        repeat {
            cut += (try? await cutClients(on: pulse, limit, but: .committing)) ?? 0
            try? await Task.sleep(for: .milliseconds(10), clock: .loop)
        } while !isDone.value.withLock { $0 }
        if let trouble = await trouble { throw refusal(trouble) }
        return try await cut + cutClients(on: pulse)
    }

    private final class Done: Sendable {
        let value = Mutex(false)
    }

    private func close(_ limit: Duration, _ isDone: Done) async -> MariaDBError? {
        defer { isDone.value.withLock { $0 = true } }
        do throws(MariaDBError) {
            _ = try await attempt(Statements.readOnly(true), on: fencing, limit)
            return nil
        } catch {
            return error
        }
    }

    /// Keeps in mind where the server's files are.
    func noteFiles(_ row: MariaDBRow) {
        let log = row["log_file"].flatMap { path in
            path.hasPrefix("/") ? path.lastIndex(of: "/").map { String(path[..<$0]) } : nil
        }
        places.withLock { $0 = (row["datadir"], log) }
        guard let file = row["pid_file"], !file.isEmpty, let directory = row["datadir"] else { return }
        let path = file.hasPrefix("/") ? file : directory + (directory.hasSuffix("/") ? "" : "/") + file
        processFile.withLock { $0 = path }
    }
}
