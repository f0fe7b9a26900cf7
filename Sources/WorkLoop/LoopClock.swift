import NIOCore
import NIOPosix

/// Continuous time, whose sleepers are woken by the event loop that they are on.
///
/// `ContinuousClock` keeps its timers on a thread of its own, which wakes another for each that is due. On a thread that
/// is no event loop's it is what is used here too.
package struct LoopClock: Clock {
    package typealias Instant = ContinuousClock.Instant

    package var now: Instant { .now }
    package var minimumResolution: Duration { ContinuousClock().minimumResolution }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        // A cancelled task's sleep is over at once, and who tries again and again would keep its thread to itself.
        guard !Task.isCancelled else {
            await Task.yield()
            throw CancellationError()
        }
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else {
            return try await ContinuousClock().sleep(until: deadline, tolerance: tolerance)
        }
        let timer = loop.scheduleTask(in: TimeAmount(now.duration(to: deadline))) {}
        do {
            try await withTaskCancellationHandler {
                try await timer.futureResult.get()
            } onCancel: {
                timer.cancel()
            }
        } catch EventLoopError.cancelled {
            throw CancellationError()
        }
    }
}

extension Clock where Self == LoopClock {
    package static var loop: LoopClock { LoopClock() }
}
