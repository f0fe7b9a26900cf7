import AdminProtocol
import ClusterModel
import Manager
import Synchronization

/// One host's router, in memory.
package final class FakeRouter: RouterControl {
    package struct State: Sendable {
        package var isRunning = true
        package var accepts = true
        /// Until when new connections wait.
        package var heldUntil: ContinuousClock.Instant?
        package var isHeld: Bool { heldUntil.map { $0 > .now } ?? false }
        package var writesTo: [HostName] = []
        package var readsFrom: [HostName] = []
        package var writeSessions: [HostName: Int] = [:]
        package var readSessions: [HostName: Int] = [:]
    }

    let host: HostName
    private let diary: Diary
    private let held = Mutex(State())

    package init(_ host: HostName, _ diary: Diary) {
        self.host = host
        self.diary = diary
    }

    package var state: State { held.withLock { $0 } }

    package func change(_ body: (inout State) -> Void) { held.withLock { body(&$0) } }

    /// Where a new connection for writes goes now; nil where it waits or is refused.
    package var writeTarget: HostName? {
        let state = state
        return state.isRunning && state.accepts && !state.isHeld ? state.writesTo.first : nil
    }

    package func observe() async -> RouterReport {
        let state = state
        guard state.isRunning else { return RouterReport(state: .stopped) }
        var report = RouterReport(state: state.accepts ? .online : .offline, pid: 100)
        report.writesTo = state.writesTo
        report.readsFrom = state.readsFrom
        for sessions in [state.writeSessions, state.readSessions] {
            for (host, active) in sessions {
                let counts = ConnectionCounts(created: active, active: active)
                report.byDataSource[host] = (report.byDataSource[host] ?? ConnectionCounts()) + counts
            }
        }
        return report
    }

    package func apply(_ changes: [RouterChange]) async throws(Refusal) {
        for change in changes {
            try await perform(change.description) { state in
                switch change {
                case .accept(.write): state.accepts = true
                case .refuse(.write): state.accepts = false
                case .accept(.read), .refuse(.read): break
                case .use(let target, .write): Self.add(target, to: &state.writesTo)
                case .use(let target, .read): Self.add(target, to: &state.readsFrom)
                case .cut(let target, .write): state.writeSessions[target] = nil
                case .cut(let target, .read): state.readSessions[target] = nil
                case .leave(let target, .write):
                    state.writesTo.removeAll { $0 == target }
                    state.writeSessions[target] = nil
                case .leave(let target, .read):
                    state.readsFrom.removeAll { $0 == target }
                    state.readSessions[target] = nil
                case .drain(let target, .write): state.writesTo.removeAll { $0 == target }
                case .drain(let target, .read): state.readsFrom.removeAll { $0 == target }
                }
            }
        }
    }

    /// A target that is ready already stays so.
    private static func add(_ target: HostName, to targets: inout [HostName]) {
        if !targets.contains(target) { targets.append(target) }
    }

    package func hold(_ duration: Duration) async throws(Refusal) {
        try await perform("hold") { $0.heldUntil = .now + duration }
    }

    package func release() async throws(Refusal) -> Int? {
        try await perform("release") { $0.heldUntil = nil }
        return 2
    }

    package func writeSessions(on host: HostName) async throws(Refusal) -> Int {
        state.writeSessions[host] ?? 0
    }

    private func perform(_ what: String, _ body: (inout State) -> Void) async throws(Refusal) {
        try await diary.perform(what, on: host) { () async throws(Refusal) in
            guard state.isRunning else {
                throw Refusal(.hostUnreachable, "the router of '\(host)' does not run")
            }
            change(body)
        }
    }
}
