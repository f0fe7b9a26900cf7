import AdminProtocol
import ClusterModel
import Manager
import MariaDBClient
import Synchronization
import WorkLoop

/// What must work when other sessions of the manager wait: each of these has connections of its own.
extension MariaDBServer {
    package func isAlive(deadline: Duration) async -> Bool {
        // The first connection may be one to a server that has been restarted since.
        for isLast in [false, true] {
            do throws(MariaDBError) {
                try await pulse.ping(deadline: deadline)
                return true
            } catch {
                if Self.hasSpoken(error) { return true }
                guard !isLast, error.isConnectionError, !error.isTimeout, !error.isRefused else {
                    return false
                }
            }
        }
        return false
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

    /// Whether the server has said something: one that refuses a password, or has or meets a certificate that has
    /// expired, is alive.
    private static func hasSpoken(_ error: MariaDBError) -> Bool {
        !error.isConnectionError || error.code == .tlsFailed
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
