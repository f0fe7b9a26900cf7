import Synchronization
import WorkLoop

/// One connection to one server, made when it is first needed and again after it broke.
///
/// Calls run one after the other on the session's own thread, in the order in which they were made. A statement is
/// never repeated by itself: after a broken connection the call fails, the *next* call connects anew. Each call has
/// a deadline that holds even where the server hangs; waiting for earlier calls and connecting count towards it.
/// Cancelling the calling task ends the call. The thread and the connection end with the session.
package final class MariaDBSession: Sendable {
    package let target: MariaDBTarget
    private let worker: WorkerThread
    private let slot: LinkSlot
    private let running = Mutex<(@Sendable () -> Void)?>(nil)

    /// Connects to nothing yet.
    /// - Throws: where the system refuses another thread.
    package init(_ target: MariaDBTarget) throws(MariaDBError) {
        self.target = target
        worker = try WorkerThread()
        slot = LinkSlot(target)
    }

    deinit {
        let slot = self.slot
        worker.run { slot.drop() }
        worker.stop()
    }

    /// The rows of the statement's (first) result.
    /// - Throws: `MariaDBError`; `outcomeUnknown` says whether the server may have done it all the same.
    @discardableResult
    package func query(
        _ sql: String, deadline: Duration = .seconds(5)
    ) async throws(MariaDBError) -> [MariaDBRow] {
        try await call(deadline) { (link) throws(MariaDBError) in try link.query(sql) }.rows
    }

    /// The number of rows that the statement changed.
    @discardableResult
    package func execute(
        _ sql: String, deadline: Duration = .seconds(5)
    ) async throws(MariaDBError) -> UInt64 {
        try await call(deadline) { (link) throws(MariaDBError) in try link.query(sql) }.affectedRows
    }

    /// Asks the server for a sign of life, without a statement.
    package func ping(deadline: Duration = .milliseconds(500)) async throws(MariaDBError) {
        try await call(deadline) { (link) throws(MariaDBError) in try link.ping() }
    }

    /// Whether the server gives a sign of life in time.
    package func isAlive(deadline: Duration = .milliseconds(500)) async -> Bool {
        do {
            try await ping(deadline: deadline)
            return true
        } catch {
            return false
        }
    }

    /// Waits until the server ends the connection, by dying or on purpose; calls made meanwhile wait.
    /// - Returns: false where `limit` passed first.
    package func awaitEnd(limit: Duration) async throws(MariaDBError) -> Bool {
        let milliseconds = Int32(clamping: Int64(limit / .milliseconds(1)))
        let ended = try await call(limit + .seconds(3)) { (link) throws(MariaDBError) in
            link.ends(within: milliseconds)
        }
        if ended { close() }
        return ended
    }

    /// Tells the server that a replica has everything before a place in its binary log: commits up to there wait for
    /// no receipt any more.
    ///
    /// The connection belongs to the binary log from then on: `close` is what is left to be called.
    /// - Parameters:
    ///   - log: the file's name, without directory.
    ///   - server: a server id that no other replica has.
    package func follow(
        log: String, position: UInt64, as server: UInt32, deadline: Duration = .seconds(2)
    ) async throws(MariaDBError) {
        try await call(deadline) { (link) throws(MariaDBError) in
            try link.follow(log: log, position: position, as: server)
        }
    }

    /// The TLS cipher of the connection; nil where it is not encrypted.
    package func cipher(deadline: Duration = .seconds(2)) async throws(MariaDBError) -> String? {
        try await call(deadline) { (link) throws(MariaDBError) in link.cipher }
    }

    /// The server's number of this session's connection (`CONNECTION_ID()`).
    package func connectionID(deadline: Duration = .seconds(2)) async throws(MariaDBError) -> UInt {
        try await call(deadline) { (link) throws(MariaDBError) in link.threadID }
    }

    /// Ends the call that runs now, at once, from anywhere; the connection is dropped.
    package func cancel() {
        let end = running.withLock { $0 }
        end?()
    }

    /// Closes the connection after the calls made before; the next call makes a new one.
    package func close() {
        let slot = self.slot
        worker.run { slot.drop() }
    }

    // MARK: running

    private func call<Value: Sendable>(
        _ deadline: Duration, _ body: @escaping @Sendable (Link) throws(MariaDBError) -> Value
    ) async throws(MariaDBError) -> Value {
        let pending = PendingCall<Value>()
        let alarm = Alarm(after: deadline) {
            pending.abandon(.deadlinePassed, "no answer from the server within \(deadline)")
        }
        defer { alarm.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    pending.wait(on: continuation)
                    worker.run { [slot, running = self] in
                        running.perform(pending, on: slot, body)
                    }
                    if Task.isCancelled { pending.abandon(.cancelled, "the call was cancelled") }
                }
            } onCancel: {
                pending.abandon(.cancelled, "the call was cancelled")
            }
        } catch let error as MariaDBError {
            throw error
        } catch {
            throw MariaDBError(.cancelled, "\(error)")
        }
    }

    /// On the worker thread.
    private func perform<Value: Sendable>(
        _ pending: PendingCall<Value>, on slot: LinkSlot, _ body: (Link) throws(MariaDBError) -> Value
    ) {
        if pending.isSettled { return }
        running.withLock { $0 = { pending.abandon(.cancelled, "the call was cancelled") } }
        defer { running.withLock { $0 = nil } }
        do throws(MariaDBError) {
            let link = try slot.connected { pending.use($0, sending: false) }
            guard pending.use(link.plug, sending: true) else { return }
            let value = try body(link)
            // Nobody waited any more: the connection may be cut at any moment, so it is not used again.
            if !pending.settle(.success(value)) { slot.drop() }
        } catch {
            let known = pending.settle(.failure(error))
            if error.isConnectionError || !known { slot.drop() }
        }
    }
}

/// Holds the worker thread's connection.
private final class LinkSlot: @unchecked Sendable {
    // Unchecked: used by the session's worker thread only.
    private var link: Link?
    private let target: MariaDBTarget

    init(_ target: MariaDBTarget) { self.target = target }

    /// The connection, made where there is none; `use` is told of its plug before anything is sent over it.
    func connected(_ use: (Plug) -> Bool) throws(MariaDBError) -> Link {
        if let link { return link }
        let fresh = try Link(target)
        guard use(fresh.plug) else {
            throw MariaDBError(.cancelled, "nobody waits for the connection any more")
        }
        try fresh.prepare(target)
        link = fresh
        return fresh
    }

    func drop() { link = nil }
}
