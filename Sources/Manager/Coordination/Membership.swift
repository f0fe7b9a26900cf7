import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// This host's place in the site: its lease, its published report, and its wish to be the coordinator.
package final class Membership: Sendable {
    private struct State {
        var lease: Int64?
        /// The epoch of this host's own leadership.
        var epoch: Int64?
    }

    /// How often the lease is renewed.
    ///
    /// Some beats may fail before it ends: a busy machine is not a dead one, and etcd may have to elect a leader between
    /// two of them.
    private var beat: Duration { .milliseconds(permit.leaseSeconds * 200) }

    /// Seconds without a sign of life after which a host counts as gone.
    var leaseSeconds: Int { permit.leaseSeconds }

    private let board: SiteBoard
    private let store: any CoordinationStore
    private let agent: Agent
    private let permit: WriterPermit
    private let log: Logger
    private let state = Mutex(State())

    package init(board: SiteBoard, store: any CoordinationStore, agent: Agent, log: Logger) {
        self.board = board
        self.store = store
        self.agent = agent
        permit = agent.permit
        self.log = log
    }

    /// The lease under which this host's keys are, and the epoch while this host is the coordinator.
    package var leadership: (lease: Int64, epoch: Int64)? {
        guard board.snapshot.coordinator == board.host else { return nil }
        return state.withLock { state in
            guard let lease = state.lease, let epoch = state.epoch, epoch >= board.epoch else { return nil }
            return (lease, epoch)
        }
    }

    /// Keeps the lease, publishes reports, campaigns, until cancelled; then gives the lease back.
    package func run() async {
        while !Task.isCancelled {
            do {
                try await serveLease()
            } catch {
                log.warning("no majority of etcd", metadata: ["why": "\(error)"])
                permit.end()
                state.withLock { $0 = State() }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
        let last = state.withLock { state in
            defer { state = State() }
            return state.lease
        }
        if let lease = last {
            // A clean stop: the others need not wait for the lease to run out. Cancelled tasks may still write.
            await regardless { [store, log] in
                do { try await store.revoke(lease) } catch {
                    log.notice("the lease runs out by itself", metadata: ["why": "\(error)"])
                }
            }
        }
    }

    /// One lease, until it is lost or the task is cancelled.
    ///
    /// A single call that fails loses nothing: the lease holds until its time has passed without a renewal.
    private func serveLease() async throws {
        var renewed = ContinuousClock.now
        let lease = try await store.grantLease(seconds: leaseSeconds)
        state.withLock { $0 = State(lease: lease) }
        permit.end()
        permit.renew(asked: renewed)
        var published: HostReport?
        while !Task.isCancelled {
            let asked = ContinuousClock.now
            var next = asked + beat
            do throws(Refusal) {
                // News do not wait for a renewal that is not due: they fail without the lease all the same.
                if published == nil || renewed.duration(to: asked) >= beat {
                    guard try await store.keepAlive(lease) else {
                        log.warning("the host's lease ran out")
                        return permit.end()
                    }
                    renewed = asked
                    permit.renew(asked: asked)
                    board.confirm()
                }
                next = renewed + beat
                published = try await announce(lease, after: published)
                try await campaign(lease)
            } catch {
                guard renewed.duration(to: .now) < .seconds(leaseSeconds) else { throw error }
                log.info("a call of etcd failed; the lease still holds", metadata: ["why": "\(error)"])
            }
            await sleep(until: next, published)
        }
    }

    /// Publishes news of this host; after the first under a lease, what the site has agreed on is read anew.
    ///
    /// Only then may the server take writes: a promotion that was decided while there was no lease is seen by that,
    /// and a later one finds the key.
    private func announce(_ lease: Int64, after published: HostReport?) async throws(Refusal) -> HostReport? {
        guard published == nil else { return try await publish(lease, after: published) }
        guard let first = try await publish(lease, after: nil) else { return nil }
        while !board.refresh(with: try await store.load()) { await Task.yield() }
        permit.grant()
        return first
    }

    private func publish(_ lease: Int64, after published: HostReport?) async throws(Refusal) -> HostReport? {
        guard let report = agent.lastReport, published.map({ isDue(report, after: $0) }) ?? true else {
            return published
        }
        try await store.put(.host(board.host), try FrameCodec.encode(report), lease: lease)
        return report
    }

    /// Whether others are to have a report: news at once, else with every second beat.
    ///
    /// Each is a commit of etcd's, and wakes every manager of the site.
    private func isDue(_ report: HostReport, after published: HostReport) -> Bool {
        guard report != published else { return false }
        // The clock may have been set back.
        let age = abs(report.observedAt.seconds(since: published.observedAt))
        return age >= beat.inSeconds * 1.5 || isNews(report, after: published)
    }

    private func isNews(_ report: HostReport, after published: HostReport) -> Bool {
        agent.isQuiet
            ? report.server.state != published.server.state : report.differs(from: published)
    }

    /// Nobody coordinates; or this host by the key, which is an earlier manager's or was won without an answer.
    private var isVacant: Bool {
        let coordinator = board.snapshot.coordinator
        return coordinator == nil || (coordinator == board.host && state.withLock { $0.epoch } == nil)
    }

    private func campaign(_ lease: Int64) async throws(Refusal) {
        guard agent.isBelieved else { return try await resign() }
        guard board.isLoaded, isVacant, let epoch = try await store.campaign(as: board.host, lease: lease)
        else { return }
        state.withLock { $0.epoch = epoch }
        log.notice("this host is the coordinator", metadata: ["epoch": "\(epoch)"])
    }

    /// Leaves the coordinator's place to another host, when nothing runs.
    private func resign() async throws(Refusal) {
        guard let epoch = leadership?.epoch, board.snapshot.operation == nil else { return }
        guard
            try await store.commit(
                [StoreWrite(.coordinator, nil)], epoch: epoch, absent: [.operation], basis: nil) != nil
        else { return }
        state.withLock { $0.epoch = nil }
        log.warning("this host coordinates no more: no other believes its certificate")
    }

    /// Waits for the next beat, less where there is news to publish or nobody coordinates.
    private func sleep(until end: ContinuousClock.Instant, _ published: HostReport?) async {
        while ContinuousClock.now < end, !Task.isCancelled {
            await agent.news.sleep(until: end)
            if board.isLoaded, board.snapshot.coordinator == nil { return }
            if let report = agent.lastReport, let published, isNews(report, after: published) { return }
        }
    }
}

extension HostReport {
    /// Whether something changed that others should know at once, not with the next beat.
    func differs(from other: HostReport) -> Bool {
        server.state != other.server.state || server.readOnly != other.server.readOnly
            || server.links.map(\.state) != other.server.links.map(\.state)
            || server.links.map(\.sourceHost) != other.server.links.map(\.sourceHost)
            || server.semiSyncReplicas != other.server.semiSyncReplicas
            || router.state != other.router.state || router.pid != other.router.pid
            || router.writesTo != other.router.writesTo || router.readsFrom != other.router.readsFrom
    }
}
