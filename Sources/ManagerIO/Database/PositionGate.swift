import Synchronization
import WorkLoop

/// Keeps a server's replication position from being read while it is set anew.
///
/// Setting `gtid_slave_pos` frees the server's list of domains without a lock. A session that reads the position at
/// that moment, or waits on it with `MASTER_GTID_WAIT`, uses freed memory: the server forgets a domain or crashes.
/// Source: MariaDB, `sql/rpl_gtid.cc`, `rpl_slave_state::truncate_hash`; seen with 10.11.19.
package final class PositionGate: Sendable {
    private struct State {
        var readers = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Reads, beside other readers; waits while the position is set.
    func reading<Value, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        await wait { state in
            guard !state.isClosed else { return false }
            state.readers += 1
            return true
        }
        defer { state.withLock { $0.readers -= 1 } }
        return try await body()
    }

    /// Sets the position when nobody reads; readers end soon, as every statement has its deadline.
    func setting<Value, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        await wait { state in
            guard !state.isClosed else { return false }
            state.isClosed = true
            return true
        }
        defer { state.withLock { $0.isClosed = false } }
        await wait { $0.readers == 0 }
        return try await body()
    }

    private func wait(_ condition: (inout State) -> Bool) async {
        while !state.withLock({ condition(&$0) }) {
            try? await Task.sleep(for: .milliseconds(1), clock: .loop)
        }
    }
}
