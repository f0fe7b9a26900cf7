import ClusterModel
import Logging
import Planning
import Synchronization

/// Measures how much later than on the primary a transaction is executed here, without writing anything.
///
/// The primary's manager publishes its position with the time of the look; the probe waits until that position is
/// executed here. An idle site keeps its last value. Both times come from wall clocks: their difference between the
/// hosts is part of the value.
package final class LatencyProbe: Sendable {
    private struct State {
        var latency: Double?
        var measured: GTIDPosition?
        var waitingSince: WallTime?
    }

    private let state = Mutex(State())
    private let board: SiteBoard
    /// A session of its own: it spends its time waiting.
    private let server: any ServerControl
    private let log: Logger

    package init(board: SiteBoard, server: any ServerControl, log: Logger) {
        self.board = board
        self.server = server
        self.log = log
    }

    /// Seconds; while a wait goes on, at least as long as it has lasted.
    package var latency: Double? {
        state.withLock { state in
            guard let since = state.waitingSince else { return state.latency }
            return max(state.latency ?? 0, WallTime.now.seconds(since: since))
        }
    }

    /// Measures until cancelled.
    package func run() async {
        for await _ in board.changes() {
            if Task.isCancelled { return }
            await measure()
        }
    }

    private func measure() async {
        let snapshot = board.snapshot
        guard let primary = snapshot.primary, primary != board.host, let sample = snapshot.reports[primary],
            sample.server.state == .online
        else { return }
        let position = sample.server.logged.only(board.shape.domain)
        guard !position.isEmpty, state.withLock({ $0.measured != position }) else { return }
        state.withLock { $0.waitingSince = sample.observedAt }
        defer { state.withLock { $0.waitingSince = nil } }
        do {
            while try await !server.awaitExecuted(position, limit: .seconds(5)) {
                if Task.isCancelled || board.snapshot.primary != primary { return }
            }
            let value = max(0, WallTime.now.seconds(since: sample.observedAt))
            state.withLock { state in
                state.latency = value
                state.measured = position
            }
        } catch {
            log.debug("latency not measured", metadata: ["why": "\(error)"])
        }
    }
}
