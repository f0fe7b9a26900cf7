import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// This manager's picture of the site, kept current by the watch; any question about the site is answered from it.
package final class SiteBoard: Sendable {
    private struct State {
        var records = SiteRecords()
        var reports: [HostName: HostReport] = [:]
        var coordinator: HostName?
        var epoch: Int64 = 0
        var operation: RunningOperation?
        /// The last operations whose keys came and went.
        var ended: [String] = []
        var loaded = false
        /// Whether changes come in: between a broken watch and the next load nobody can say that the view is current.
        var watched = false
        /// The newest revision that the watch or a complete picture brought: everything before it is here too.
        var seen: Int64 = 0
        /// The revision of the last complete picture: changes up to it are in it.
        var floor: Int64 = 0
        /// The newest change of each key: this host's own writes come here before the watch brings older ones.
        var revisions: [StoreKey: Int64] = [:]
        /// When a majority last confirmed that this manager's view is current.
        var confirmed: ContinuousClock.Instant?
        var since = ContinuousClock.now
        /// When a replicator was seen to be held, by the coordinator's clock.
        var heldSince: [HostName: ContinuousClock.Instant] = [:]
        /// When a host's report was last seen to go away.
        var lost: [HostName: WallTime] = [:]
        /// The servers of hosts whose reports went away, as they were last reported.
        var remembered: [HostName: ServerReport] = [:]
        /// Other hosts, as this one sees them over the network.
        var sights: [HostName: HostSight] = [:]
        /// Other hosts' clocks, by what their reports say.
        var clocks: [HostName: ClockOffsets] = [:]
        /// What was done, by whom.
        var journal = Journal()
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextListener = 0
    }

    package let shape: SiteShape
    package let host: HostName
    private let state = Mutex(State())
    private let log: Logger

    package init(shape: SiteShape, host: HostName, log: Logger) {
        self.shape = shape
        self.host = host
        self.log = log
    }

    /// Everything that is known now.
    package var snapshot: SiteSnapshot {
        state.withLock { state in
            SiteSnapshot(
                shape: shape, records: state.records, reports: state.reports, lost: state.lost,
                coordinator: state.coordinator, operation: state.operation, sights: state.sights,
                remembered: state.remembered, clocks: Self.offsets(state, own: host))
        }
    }

    private static func offsets(_ state: State, own: HostName) -> [HostName: Double] {
        var offsets = state.clocks.filter { state.reports[$0.key] != nil }.compactMapValues(\.ahead)
        offsets[own] = 0
        return offsets
    }

    /// The site's journal as this manager knows it.
    package var journal: Journal { state.withLock { $0.journal } }

    /// A key as this manager knows it, so that a change can be made to depend on it.
    func version(of key: StoreKey) -> StoreVersion {
        StoreVersion(key, state.withLock { $0.revisions[key] ?? 0 })
    }

    /// The epoch of the coordinator that this manager knows.
    package var epoch: Int64 { state.withLock { $0.epoch } }

    /// Whether the records have been read at least once.
    package var isLoaded: Bool { state.withLock { $0.loaded } }

    /// Seconds since a majority last confirmed this manager's view.
    package var age: Double {
        state.withLock { state in (state.confirmed ?? state.since).duration(to: .now).inSeconds }
    }

    /// Whether this manager can be believed to see what the majority sees.
    package var hasQuorum: Bool { state.withLock { $0.confirmed != nil } && age < Self.quorumSeconds }

    /// A view that was not confirmed for so long is called old; somewhat below the lease's time to live.
    package static let quorumSeconds = 3.0

    package func heldFor(_ host: HostName) -> Double {
        state.withLock { $0.heldSince[host].map { $0.duration(to: .now).inSeconds } ?? 0 }
    }

    /// Whether the operation's key was seen, and seen to go: it acts on no host any more.
    package func hasEnded(_ operation: String) -> Bool { state.withLock { $0.ended.contains(operation) } }

    package func confirm() {
        state.withLock { state in
            if state.watched { state.confirmed = .now }
        }
    }

    /// Changes do not come in any more, until the next load.
    package func loseSight() {
        state.withLock { $0.watched = false }
    }

    /// Replaces everything, after a load; from now on changes come in.
    package func replace(with contents: StoreContents) {
        state.withLock { state in
            Self.fill(&state, with: contents, log)
            state.watched = true
        }
        notify()
    }

    /// Takes a complete picture where it is newer than what came in by the watch, which goes on beside it.
    /// - Returns: false where this host has written since the picture was asked for.
    func refresh(with contents: StoreContents) -> Bool {
        let isTaken = state.withLock { state in
            guard
                state.revisions.values.allSatisfy({ $0 <= contents.revision })
                    || state.seen >= contents.revision
            else { return false }
            if state.seen < contents.revision { Self.fill(&state, with: contents, log) }
            return true
        }
        notify()
        return isTaken
    }

    private static func fill(_ state: inout State, with contents: StoreContents, _ log: Logger) {
        let before = state.reports
        state.records = SiteRecords()
        state.reports = [:]
        state.coordinator = nil
        noteEnd(nil, in: &state)
        state.loaded = true
        state.revisions = [:]
        state.journal = Journal()
        state.seen = contents.revision
        state.floor = contents.revision
        for entry in contents.entries { set(entry, in: &state, log) }
        for (host, report) in before where state.reports[host] == nil {
            state.lost[host] = .now
            state.remembered[host] = report.server
        }
    }

    /// Takes changes that the watch brought, in their order.
    package func apply(_ changes: [StoreChange]) {
        state.withLock { state in
            for change in changes where change.revision > state.floor {
                Self.set(change, in: &state, log)
                // Only what comes by the watch is new: what a load brings may be old.
                if case .host(let host) = change.key, let report = state.reports[host] {
                    state.clocks[host, default: ClockOffsets()].note(
                        report.observedAt.seconds(since: .now))
                }
                state.seen = max(state.seen, change.revision)
            }
        }
        notify()
    }

    /// Takes what this host has written itself, before the watch brings it and what others wrote before.
    func applyOwn(_ changes: [StoreChange]) {
        state.withLock { state in
            for change in changes { Self.set(change, in: &state, log) }
        }
        notify()
    }

    /// Notes what was just seen of another host; listeners hear of what is new.
    /// - Returns: the same, with what earlier looks found.
    func note(_ seen: HostSight, of host: HostName) -> HostSight {
        let (sight, isNews) = state.withLock { state -> (HostSight, Bool) in
            var sight = seen
            let before = state.sights[host]
            let isSame = before?.server == seen.server && before?.manager == seen.manager
            sight.looks = isSame ? min((before?.looks ?? 0) + 1, 1000) : 1
            let hasReport = state.reports[host] != nil
            sight.servesAlone = !hasReport && (before?.servesAlone == true || seen.server == .online)
            state.sights[host] = sight
            return (sight, !isSame || sight.looks == 2)
        }
        if isNews { notify() }
        return sight
    }

    /// A stream that yields after each change; a slow listener sees changes merged.
    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.listeners[id] = nil }
        }
        return stream
    }

    private func notify() {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield() }
    }

    private static func set(_ change: StoreChange, in state: inout State, _ log: Logger) {
        func decoded<Value: Decodable>(_ type: Value.Type) -> Value? {
            guard let value = change.value else { return nil }
            do {
                return try FrameCodec.decode(type, from: value)
            } catch {
                // A value of a later version must not stop this manager; what it means stays unknown.
                log.error(
                    "unreadable value in etcd", metadata: ["key": "\(change.key.path)", "why": "\(error)"])
                return nil
            }
        }
        guard change.revision >= state.revisions[change.key] ?? 0 else { return }
        state.revisions[change.key] = change.revision
        switch change.key {
        case .policy: state.records.policy = decoded(PolicyRecord.self) ?? PolicyRecord()
        case .primary: state.records.primary = decoded(PrimaryRecord.self)
        case .alone: state.records.alone = decoded(AloneRecord.self)
        case .events: state.records.events = decoded(EventsRecord.self)
        case .dataSource(let host): state.records.dataSources[host] = decoded(DataSourceRecord.self)
        case .router(let host): state.records.routers[host] = decoded(Wanted.self)
        case .replicator(let host):
            let wanted = decoded(Wanted.self)
            state.records.replicators[host] = wanted
            state.heldSince[host] = wanted == .offline ? (state.heldSince[host] ?? .now) : nil
        case .service(let site): state.records.services[site] = decoded(Wanted.self)
        case .host(let host):
            let report = decoded(HostReport.self)
            if report == nil, let last = state.reports[host] {
                state.lost[host] = .now
                state.remembered[host] = last.server
            }
            state.reports[host] = report
        case .coordinator:
            state.coordinator = change.value.flatMap { HostName(String(decoding: $0, as: UTF8.self)) }
            if change.value != nil { state.epoch = max(state.epoch, change.createRevision) }
        case .operation: noteEnd(decoded(RunningOperation.self), in: &state)
        case .history(let id): state.journal.set(id, decoded(OperationRecord.self))
        }
    }

    private static func noteEnd(_ next: RunningOperation?, in state: inout State) {
        if let before = state.operation, before.id != next?.id {
            state.ended = Array(state.ended.suffix(7)) + [before.id]
        }
        state.operation = next
    }
}
