import Glibc
import Synchronization

/// Waits until `condition` holds, looking every few milliseconds.
/// - Throws: where it does not hold within `limit`, or `condition` throws.
package func eventually(
    _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw HarnessError("not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Runs what blocks on a thread of its own, so that the few threads which run tests go on.
package func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let job = Unmanaged.passRetained(ThreadJob { continuation.resume(with: Result(catching: body)) })
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, runJob, job.toOpaque())
        guard status == 0 else {
            job.release()
            return continuation.resume(throwing: HarnessError("no thread", status))
        }
        pthread_detach(thread)
    }
}

private final class ThreadJob: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runJob(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<ThreadJob>.fromOpaque(argument).takeRetainedValue().body()
    return nil
}

/// A TCP port of `address` that nothing listens on now, and that no other call has given out.
///
/// Below the system's own range for outgoing connections, so that none of these takes it in the meantime.
package func freePort(on address: String) throws -> Int {
    for _ in 0..<1000 {
        let port = nextPort.withLock { next in
            next = next < 32_000 ? next + 1 : 20_000
            return next
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw HarnessError("no socket", errno) }
        defer { close(descriptor) }
        if TCPClient.withName(address, port, { bind(descriptor, $0, $1) }) == 0 { return port }
    }
    throw HarnessError("no free port on \(address)")
}

/// Begins somewhere else in every process, as tests of several processes may run at once.
private let nextPort = Mutex(20_000 + Int(getpid()) * 37 % 12_000)
