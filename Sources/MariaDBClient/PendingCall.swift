import Synchronization

/// One call between its caller, who waits until a deadline, and the worker thread, which may take longer.
///
/// Whoever settles it first decides what the caller gets; a call that was settled before its statement went out is
/// never sent.
final class PendingCall<Value: Sendable>: Sendable {
    private struct State {
        var waiter: CheckedContinuation<Value, any Error>?
        var settled = false
        /// Set once there is a connection to cut.
        var plug: Plug?
        /// The statement itself is on its way.
        var sent = false
    }
    private let state = Mutex(State())

    func wait(on continuation: CheckedContinuation<Value, any Error>) {
        state.withLock { $0.waiter = continuation }
    }

    var isSettled: Bool { state.withLock { $0.settled } }

    /// The connection of `plug` is being used; false where nobody waits any more.
    func use(_ plug: Plug, sending: Bool) -> Bool {
        state.withLock { state in
            if state.settled { return false }
            state.plug = plug
            state.sent = sending
            return true
        }
    }

    /// Returns false where the call was settled before.
    @discardableResult
    func settle(_ result: Result<Value, MariaDBError>) -> Bool {
        let waiter = take().waiter
        waiter?.resume(with: result.mapError { $0 as any Error })
        return waiter != nil
    }

    /// Settles with an error and ends the blocked network call, if there is one.
    func abandon(_ code: MariaDBError.Code, _ message: String) {
        let before = take()
        guard let waiter = before.waiter else { return }
        waiter.resume(throwing: MariaDBError(code, message, outcomeUnknown: before.sent))
        before.plug?.pull()
    }

    /// The state before; settled from now on.
    private func take() -> State {
        state.withLock { state in
            let before = state
            state.waiter = nil
            state.settled = true
            return before
        }
    }
}
