import Synchronization
import WorkLoop

/// A sleep that somebody else can end: what waits for news need not look for it again and again.
final class Bell: Sendable {
    private struct State {
        var nap: Task<Void, Never>?
        var isRung = false
    }

    private let state = Mutex(State())

    /// Ends the sleep that goes on now, or the next one.
    func ring() {
        state.withLock { state in
            state.isRung = true
            state.nap?.cancel()
        }
    }

    /// For one task at a time.
    func sleep(until end: ContinuousClock.Instant) async {
        // Cancelled: rung, which is what it is for.
        let nap = Task(executorPreference: WorkLoop.current) {
            _ = try? await Task.sleep(until: end, clock: .loop)
        }
        state.withLock { state in
            if state.isRung { nap.cancel() }
            state.nap = nap
        }
        await withTaskCancellationHandler {
            await nap.value
        } onCancel: {
            nap.cancel()
        }
        state.withLock { $0 = State() }
    }
}
