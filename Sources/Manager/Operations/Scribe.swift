import AdminProtocol
import Synchronization
import WorkLoop

/// Writes an operation's entry to the journal beside its steps, where no step waits for that.
///
/// Entries are written one after the other; of several that come while one is being written only the newest is.
final class Scribe: Sendable {
    private struct State {
        var next: OperationRecord?
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())

    func note(_ record: OperationRecord, _ write: @escaping @Sendable (OperationRecord) async -> Void) {
        state.withLock { state in
            state.next = record
            guard state.task == nil else { return }
            state.task = Task.detached(executorPreference: WorkLoop.current) { [self] in
                while let record = take() { await write(record) }
            }
        }
    }

    /// Waits until nothing is being written: an older entry must not come after a newer one.
    func rest() async {
        while let task = state.withLock({ $0.task }) { await task.value }
    }

    private func take() -> OperationRecord? {
        state.withLock { state in
            defer { state.next = nil }
            if state.next == nil { state.task = nil }
            return state.next
        }
    }
}
