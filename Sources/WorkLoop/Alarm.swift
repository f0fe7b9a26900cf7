import NIOCore
import NIOPosix

/// Does something after a while, unless it is cancelled before: the deadline of a call that has no other.
package struct Alarm: Sendable {
    private let task: Task<Void, Never>?
    private let timer: Scheduled<Void>?

    package init(after limit: Duration, _ body: @escaping @Sendable () -> Void) {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else {
            timer = nil
            task = Task {
                // A cancelled sleep means that nobody needs the alarm any more.
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                body()
            }
            return
        }
        task = nil
        timer = loop.scheduleTask(in: TimeAmount(limit), body)
    }

    package func cancel() {
        timer?.cancel()
        task?.cancel()
    }
}
