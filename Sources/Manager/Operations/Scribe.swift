import AdminProtocol
import Synchronization
import WorkLoop

/// Writes an operation's entry to the journal beside its steps, where no step waits for that.
///
/// A step that ends soon leaves none: each is a commit of etcd, and whatever is written with the next decision would
/// wait for it. Entries are written one after the other; of several that come meanwhile only the newest is.
final class Scribe: Sendable {
    typealias Writing = @Sendable (OperationRecord) async -> Void

    /// A step that has not ended after so long is worth an entry.
    private static let pause = Duration.milliseconds(50)

    private enum Stage {
        case idle
        /// An entry waits until its step is worth one.
        case waits(OperationRecord, Task<Void, Never>)
        /// An entry is being written; what has come since is next.
        case writes(Task<Void, Never>, next: OperationRecord?)
    }

    private let stage = Mutex(Stage.idle)

    func note(_ record: OperationRecord, _ write: @escaping Writing) {
        stage.withLock { stage in
            switch stage {
            case .idle: stage = .waits(record, task(write))
            case .waits(_, let task): stage = .waits(record, task)
            case .writes(let task, _): stage = .writes(task, next: record)
            }
        }
    }

    private func task(_ write: @escaping Writing) -> Task<Void, Never> {
        Task.detached(executorPreference: WorkLoop.current) { [self] in
            repeat {
                try? await Task.sleep(for: Self.pause, clock: .loop)
                guard let record = begin() else { return }
                await write(record)
            } while end()
        }
    }

    /// Waits until nothing is being written, and nothing will be: the caller has a newer entry, and an older one must
    /// not come after it.
    func rest() async {
        let writing = stage.withLock { stage -> Task<Void, Never>? in
            switch stage {
            case .idle: return nil
            case .waits(_, let task):
                task.cancel()
                stage = .idle
                return nil
            case .writes(let task, _):
                // It may come late where it is cancelled.
                stage = .writes(task, next: nil)
                return task
            }
        }
        await writing?.value
    }

    /// Nil where the task that asks was given up: what waits by now is another one's.
    private func begin() -> OperationRecord? {
        stage.withLock { stage in
            guard !Task.isCancelled, case .waits(let record, let task) = stage else { return nil }
            stage = .writes(task, next: nil)
            return record
        }
    }

    /// - Returns: whether another entry waits.
    private func end() -> Bool {
        stage.withLock { stage in
            guard case .writes(let task, let next?) = stage else {
                stage = .idle
                return false
            }
            stage = .waits(next, task)
            return true
        }
    }
}
