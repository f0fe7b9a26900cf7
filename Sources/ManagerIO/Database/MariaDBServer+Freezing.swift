import AdminProtocol
import Manager
import MariaDBClient
import Synchronization
import WorkLoop

/// The lock that lets no transaction commit during a switch; it ends by itself.
extension MariaDBServer {
    package func prepareFreeze() async throws(Refusal) {
        // A connection of its own, encrypted, takes milliseconds; what an earlier operation left is old by now.
        guard !frozen.withLock({ $0.isOn }) else { return }
        freezing.close()
        try await query(Statements.idleLimit(seconds: 60), on: freezing)
        do throws(Refusal) {
            // Half of a freeze's time is the closing of tables that are open and not used: few are left for it now.
            try await query(Statements.closeTables, on: freezing)
        } catch  where error.code == .serverError {
            // The server has ended it after its limit: many are open, and the freeze has more to do.
        }
    }

    package func beginLogFile(beyond bytes: Int) async throws(Refusal) {
        let place = try await query(Statements.logPlace).first
        guard let written = place?.integer("Position"), written > bytes else { return }
        try await query(Statements.beginLogFile)
    }

    package func freeze(limit: Duration, expiry: Duration) async throws(Refusal) {
        let freeze = Statements.freeze(seconds: limit.inSeconds)
        do throws(MariaDBError) {
            do throws(MariaDBError) {
                try await freezing.query(freeze, deadline: limit + .seconds(2))
            } catch  where error.isConnectionError && !error.isTimeout && error.code != .cancelled {
                // What was made ready is gone; a lock that it got has gone with it.
                try await freezing.query(freeze, deadline: limit + .seconds(2))
            }
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
        Task(executorPreference: WorkLoop.current) { [weak self] in
            await self?.limitIdle(expiry, number)
            try await Task.sleep(for: expiry, clock: .loop)
            guard let self, self.frozen.withLock({ $0.isOn && $0.number == number }) else { return }
            self.frozen.withLock { $0.isOn = false }
            // The server gives the lock back when the session ends.
            self.freezing.close()
        }
    }

    /// Lets the server itself end the freeze, should this manager not do it; beside the steps that follow, for writes
    /// wait for those.
    private func limitIdle(_ expiry: Duration, _ number: Int) async {
        guard frozen.withLock({ $0.isOn && $0.number == number }) else { return }
        // A session that fails here has taken the freeze with it.
        _ = try? await query(Statements.idleLimit(seconds: Int(expiry.inSeconds) + 1), on: freezing)
    }

    package func thaw() async throws(Refusal) {
        frozen.withLock { $0.isOn = false }
        defer { freezing.close() }
        try await query(Statements.thaw, on: freezing)
    }
}
