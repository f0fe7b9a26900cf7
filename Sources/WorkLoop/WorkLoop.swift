import NIOCore
import NIOPosix

/// The one thread on which a manager does its work, the network's part of it included.
///
/// A task that waits for a socket of this loop goes on where its answer comes in. On the pool that tasks have
/// otherwise, each answer and each timer wakes one more thread: half of a manager's time went into that, and on a
/// busy host every one of these threads waits for a processor anew. Source: SE-0417, task executors.
///
/// Nothing may block it: the lease is renewed here. Disks, large files and programs are for `away`.
package final class WorkLoop: TaskExecutor {
    package static let shared = WorkLoop()

    /// For what opens sockets.
    package let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop

    private init() {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
    }

    /// Where a task that is begun here goes on: with its beginner, where that is on the loop.
    package static var current: (any TaskExecutor)? {
        MultiThreadedEventLoopGroup.currentEventLoop === shared.loop ? shared : nil
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs what may block on the pool of threads that tasks have otherwise.
    package static func away<Value: Sendable, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withTaskExecutorPreference(globalConcurrentExecutor, operation: body)
    }
}
