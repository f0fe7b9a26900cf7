import AdminProtocol
import Synchronization
import WorkLoop

/// Writes an operation's entry to the journal beside its steps, where no step waits for that.
///
/// A step that ends soon leaves none: each is a commit of etcd, and whatever is written with the next decision would
/// wait for it. Entries are written one after the other; of several that come meanwhile only the newest is.
final class Scribe: Sendable {
    /// A step that has not ended after so long is worth an entry.
    private static let pause = Duration.milliseconds(50)

    private struct State {
        var next: OperationRecord?
        var task: Task<Void, Never>?
        var isWriting = false
    }

    private let state = Mutex(State())

    func note(_ record: OperationRecord, _ write: @escaping @Sendable (OperationRecord) async -> Void) {
        state.withLock { state in
            state.next = record
            guard state.task == nil else { return }
            state.task = Task.detached(executorPreference: WorkLoop.current) { [self] in
                repeat {
                    try? await Task.sleep(for: Self.pause, clock: .loop)
                    guard let record = take() else { return }
                    await write(record)
                } while !isDone()
            }
        }
    }

    /// Waits until nothing is being written, and nothing will be: the caller has a newer entry, and an older one must
    /// not come after it.
    func rest() async {
        let writing = state.withLock { state -> Task<Void, Never>? in
            state.next = nil
            // A write that has begun may come late where it is cancelled.
            if state.isWriting { return state.task }
            state.task?.cancel()
            state.task = nil
            return nil
        }
        await writing?.value
    }

    /// Nil where this task was given up for another one: what there is by now is that one's.
    private func take() -> OperationRecord? {
        state.withLock { state in
            guard !Task.isCancelled else { return nil }
            defer { state.next = nil }
            state.isWriting = state.next != nil
            if !state.isWriting { state.task = nil }
            return state.next
        }
    }

    private func isDone() -> Bool {
        state.withLock { state in
            state.isWriting = false
            guard state.next == nil else { return false }
            state.task = nil
            return true
        }
    }
}
