import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Where the router's held connections wait to be let through at once.
///
/// While the manager holds a router, the router's script connects to this socket for each connection that it keeps
/// waiting, and goes on when the manager closes that. Without it the script looks again every few milliseconds, which
/// costs these, and HAProxy 2.6.12 loses some of its timers (`HoldScript.inspectSeconds`). When the manager dies, the
/// system closes all of them, and the script's own time limit holds.
package final class HoldGate: Sendable {
    private struct State {
        var isHolding = false
        var waiting: [ObjectIdentifier: any Channel] = [:]
        var listener: (any Channel)?
    }

    private let path: String
    private let log: Logger
    private let state = Mutex(State())

    package init(path: String, log: Logger) {
        self.path = path
        self.log = log
    }

    /// Listens; a manager that cannot goes on without, and releases are a little slower.
    package func start() async {
        // What a manager that was killed has left.
        unlink(path)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { [weak self] channel in
                self?.take(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        do {
            let listener = try await bootstrap.bind(unixDomainSocketPath: path).get()
            state.withLock { $0.listener = listener }
        } catch {
            log.warning("no gate for held connections", metadata: ["path": "\(path)", "why": "\(error)"])
        }
    }

    /// Lets go of everybody, and listens no more.
    package func stop() async {
        open()
        let listener = state.withLock { state in
            defer { state.listener = nil }
            return state.listener
        }
        do { try await listener?.close() } catch {
            log.debug("the gate was closed before", metadata: ["why": "\(error)"])
        }
    }

    /// Connections that come from now on wait.
    func close() { state.withLock { $0.isHolding = true } }

    /// Nobody waits here any more, within `spread`.
    ///
    /// The first go at once, the others a little later: all together they would keep each other from their first write,
    /// and the time without one would be as long as it takes to serve all.
    func open() {
        let waiting = state.withLock { state in
            state.isHolding = false
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for (number, channel) in waiting.enumerated() {
            let place = Double(max(0, number - Self.first + 1)) / Double(max(Self.batch, waiting.count))
            if place == 0 {
                channel.close(promise: nil)
            } else {
                channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(place * Self.spread))) {
                    channel.close(promise: nil)
                }
            }
        }
    }

    /// So many go at once.
    private static let first = 2
    /// The last one goes after so many nanoseconds, where there are `batch` or more.
    private static let spread = 30e6
    private static let batch = 15

    private func take(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let waits = state.withLock { state in
            if state.isHolding { state.waiting[id] = channel }
            return state.isHolding
        }
        // The script looks again then whether the hold is over.
        guard waits else { return channel.close(promise: nil) }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { _ = $0.waiting.removeValue(forKey: id) }
        }
    }
}
