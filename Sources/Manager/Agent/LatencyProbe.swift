import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// Measures how much later than on the primary a transaction is executed here, without writing anything.
///
/// The primary's manager is asked how far its server has logged; the probe waits until that position is executed
/// here. Both times are this host's own, so that clocks need not agree; the question's way is part of the value. An
/// idle site keeps its last value.
package final class LatencyProbe: Sendable {
    private struct State {
        var latency: Double?
        var measured: GTIDPosition?
        var waitingSince: ContinuousClock.Instant?
    }

    private static let interval = Duration.milliseconds(500)

    private let state = Mutex(State())
    private let board: SiteBoard
    private let peers: any Peers
    /// A server with sessions of its own: they spend their time waiting.
    private let server: any ServerControl
    private let log: Logger

    package init(board: SiteBoard, peers: any Peers, server: any ServerControl, log: Logger) {
        self.board = board
        self.peers = peers
        self.server = server
        self.log = log
    }

    /// Seconds; while a wait goes on, at least as long as it has lasted.
    package var latency: Double? {
        state.withLock { state in
            guard let since = state.waitingSince else { return state.latency }
            return max(state.latency ?? 0, since.duration(to: .now).inSeconds)
        }
    }

    /// Measures until cancelled.
    package func run() async {
        while !Task.isCancelled {
            do throws(Refusal) {
                try await measure()
            } catch {
                log.debug("latency not measured", metadata: ["why": "\(error)"])
            }
            try? await Task.sleep(for: Self.interval, clock: .loop)
        }
    }

    private func measure() async throws(Refusal) {
        guard let primary = board.snapshot.primary, primary != board.host else { return }
        let asked = ContinuousClock.now
        let logged = try await peers.call(PositionCall(), on: primary, deadline: .seconds(1))
        let position = logged.only(board.shape.domain)
        guard !position.isEmpty, state.withLock({ $0.measured != position }) else { return }
        state.withLock { $0.waitingSince = asked }
        defer { state.withLock { $0.waitingSince = nil } }
        while try await !server.awaitExecuted(position, limit: .seconds(2)) {
            if Task.isCancelled || board.snapshot.primary != primary { return }
        }
        let value = asked.duration(to: .now).inSeconds
        state.withLock { state in
            state.latency = value
            state.measured = position
        }
    }
}
