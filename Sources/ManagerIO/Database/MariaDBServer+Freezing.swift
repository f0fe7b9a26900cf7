import AdminProtocol
import Manager
import MariaDBClient
import Synchronization

/// The lock that lets no transaction commit during a switch; it ends by itself.
extension MariaDBServer {
    package func prepareFreeze() async throws(Refusal) {
        // A connection of its own, encrypted, takes milliseconds; what an earlier operation left is old by now.
        guard !frozen.withLock({ $0.isOn }) else { return }
        freezing.close()
        try await query(Statements.idleLimit(seconds: 60), on: freezing)
    }

    package func freeze(limit: Duration, expiry: Duration) async throws(Refusal) {
        let idle = Statements.idleLimit(seconds: Int(expiry.inSeconds) + 1)
        do throws(Refusal) {
            try await query(idle, on: freezing)
        } catch {
            // What was made ready may be gone by now; nothing was frozen on it.
            freezing.close()
            try await query(idle, on: freezing)
        }
        do throws(MariaDBError) {
            try await freezing.query(
                Statements.freeze(seconds: limit.inSeconds), deadline: limit + .seconds(2))
        } catch {
            freezing.close()
            if error.code == .statementTimeout || error.code == .lockWaitTimeout {
                throw Refusal(
                    .blockedBySession, "the server of '\(host)' could not be frozen: \(error.message)")
            }
            throw refusal(error)
        }
        let number = frozen.withLock { state in
            state = (state.number + 1, true)
            return state.number
        }
        Task { [weak self] in
            try await Task.sleep(for: expiry)
            guard let self, self.frozen.withLock({ $0.isOn && $0.number == number }) else { return }
            self.frozen.withLock { $0.isOn = false }
            // The server gives the lock back when the session ends.
            self.freezing.close()
        }
    }

    package func thaw() async throws(Refusal) {
        frozen.withLock { $0.isOn = false }
        defer { freezing.close() }
        try await query(Statements.thaw, on: freezing)
    }
}
