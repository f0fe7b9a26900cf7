import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// Writes through a router again and again while a switch runs, so that its receipt tells what a client has seen.
///
/// It keeps its connection as applications do, loses it when the routers leave the old primary, and makes a new one
/// at once.
final class Canary: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        var gap = Duration.zero
        var writes = 0
        var failures = 0
        /// What the last writes took, in milliseconds.
        var times: [Double] = []
        var isConnected = false
        var isHasty = false
        /// What the last write said that failed before any had succeeded.
        var lastFailure: String?
        var problem: String?
    }

    /// The first write may come this late: a switch on a busy machine does not wait for it any longer.
    static let standardStart = Duration.seconds(2)
    /// Between two writes while nothing happens: hardly a load.
    private static let pause = Duration.milliseconds(25)
    /// Between two writes around the gap: its figure is too large by this at most.
    private static let haste = Duration.milliseconds(8)
    /// A new connection may be held for longer than a switch holds any.
    private static let patience = Duration.seconds(7)

    let router: HostName
    private let start: Duration
    private let client: any ClientWrites
    private let state = Mutex(State())
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ client: any ClientWrites, through router: HostName, start: Duration = Canary.standardStart) {
        self.client = client
        self.router = router
        self.start = start
    }

    /// Whether its connection is one of the router's sessions now.
    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// What a write may take now, in milliseconds; 0 where there was none.
    var writeTime: Double { Self.mean(of: state.withLock { $0.times }) }

    /// Of the last writes, slow ones too: those that end a gap all come at once.
    static func mean(of times: [Double]) -> Double {
        times.isEmpty ? 0 : times.reduce(0, +) / Double(times.count)
    }

    /// Begins, and waits for the first write for a moment: without one there is nothing to measure from.
    func begin() async {
        task.withLock { $0 = Task.detached(executorPreference: WorkLoop.current) { await self.run() } }
        await wait(start) { $0.writes > 0 || $0.problem != nil }
    }

    /// From here on until its next connection it writes as often as it can: the gap begins.
    ///
    /// What was not written until now comes too late.
    func hurry() {
        state.withLock { state in
            state.isHasty = true
            if state.writes == 0, state.problem == nil {
                state.problem = state.lastFailure ?? "its first write was not confirmed in time"
            }
        }
    }

    /// The gap did not come: it writes as before, and what its writes take counts again.
    func rest() { state.withLock { $0.isHasty = false } }

    /// Ends, after a write that came later than everything before.
    func end() async -> CanaryReport {
        let now = ContinuousClock.now
        await wait(.seconds(1)) { state in state.problem != nil || state.last.map { $0 > now } ?? false }
        stop()
        return state.withLock { state in
            // A writer that still waits has seen a gap that is as long as that at least.
            if let last = state.last { state.gap = max(state.gap, last.duration(to: now)) }
            return CanaryReport(
                router: router, gap: state.problem == nil ? state.gap.inMilliseconds : nil,
                writes: state.writes,
                failures: state.failures, problem: state.problem)
        }
    }

    /// Ends at once.
    func stop() {
        task.withLock { $0?.cancel() }
        client.close()
    }

    private func run() async {
        while !Task.isCancelled, state.withLock({ $0.problem == nil }) {
            let began = ContinuousClock.now
            do throws(Refusal) {
                try await client.write(through: router, deadline: Self.patience)
                confirm(after: began.duration(to: .now))
            } catch {
                fail(error)
            }
            let isHasty = state.withLock { $0.isHasty }
            try? await Task.sleep(for: isHasty ? Self.haste : Self.pause, clock: .loop)
        }
    }

    private func confirm(after time: Duration) {
        let now = ContinuousClock.now
        state.withLock { state in
            // The one that has waited for the switch itself tells nothing.
            if !state.isHasty { state.times = state.times.suffix(4) + [time.inMilliseconds] }
            if let last = state.last { state.gap = max(state.gap, last.duration(to: now)) }
            state.last = now
            state.writes += 1
            // The first write of a new connection ends the gap.
            if !state.isConnected { state.isHasty = false }
            state.isConnected = true
        }
    }

    private func fail(_ refusal: Refusal) {
        state.withLock { state in
            state.failures += 1
            state.isConnected = false
            if refusal.code == .notPermitted { state.problem = refusal.message }
            if state.writes == 0 { state.lastFailure = refusal.message }
        }
    }

    private func wait(_ limit: Duration, _ condition: (State) -> Bool) async {
        let deadline = ContinuousClock.now + limit
        while !state.withLock({ condition($0) }), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(2), clock: .loop)
        }
    }
}

extension Coordinator {
    /// A writer through a router that works, this host's own before others; nil where there is none.
    func canary(_ snapshot: SiteSnapshot) async -> Canary? {
        guard let client = clientWrites else { return nil }
        let working = snapshot.shape.routers.filter { snapshot.reports[$0]?.router.state == .online }
        guard let router = working.first(where: { $0 == host }) ?? working.first else { return nil }
        let canary = Canary(client, through: router)
        await canary.begin()
        return canary
    }
}
