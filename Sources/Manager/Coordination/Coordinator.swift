import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// Decides and runs what changes the site.
///
/// Only the host that holds the coordinator's key acts; every write carries its epoch.
package final class Coordinator: Sendable {
    package let host: HostName
    package let board: SiteBoard
    let membership: Membership
    let store: any CoordinationStore
    let agent: Agent
    let peers: any Peers
    let neighbours: Neighbours
    /// Of this host's server.
    let backups: any BackupControl
    let copies: any CopyControl
    /// For a writer that watches switches; nil for none.
    let clientWrites: (any ClientWrites)?
    let log: Logger
    /// The policy of a site that has never run.
    private let initialPolicy: Policy
    /// How long writes may wait in a switch, in milliseconds.
    let gapLimit: Int
    /// Hears of each step of a switch before it begins, and of `end` after the last; only tests do something then.
    let boundary: @Sendable (String) -> Void
    private let counter = Mutex(0)
    /// The operation that this manager runs now.
    let current = Mutex<Operation?>(nil)
    /// Operations of this manager, from before their beginning is written until their end is.
    let own = Mutex<Set<String>>([])
    /// Since when the primary has had no replica that confirms its commits.
    private let unheardSince = Mutex<ContinuousClock.Instant?>(nil)
    /// Operations that rules began and that failed, by command.
    let retries = Mutex<[String: Retry]>([:])
    /// Whether this manager has given a new site its first transaction.
    private let hasBegun = Mutex(false)

    package init(
        board: SiteBoard, membership: Membership, store: any CoordinationStore, agent: Agent,
        peers: any Peers,
        neighbours: Neighbours, backups: any BackupControl, copies: any CopyControl,
        clientWrites: (any ClientWrites)? = nil, initialPolicy: Policy,
        gapLimit: Int = SwitchPlanner.standardGapLimit, log: Logger,
        boundary: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.boundary = boundary
        self.backups = backups
        self.copies = copies
        self.clientWrites = clientWrites
        self.host = board.host
        self.board = board
        self.membership = membership
        self.store = store
        self.agent = agent
        self.peers = peers
        self.neighbours = neighbours
        self.initialPolicy = initialPolicy
        self.gapLimit = gapLimit
        self.log = log
    }

    // MARK: writing

    /// Writes records; all or nothing, and only while this host is the coordinator.
    /// - Parameters:
    ///   - basis: what the change was decided on, which makes it safe to send again; see `CoordinationStore`.
    ///   - operation: what the change is a part of: it must not outlast the epoch in which that began, though this host
    ///     may have become the coordinator again.
    func commit(
        _ writes: [StoreWrite], absent: [StoreKey] = [], basis: StoreVersion? = nil,
        of operation: Operation? = nil
    ) async throws(Refusal) {
        guard let epoch = membership.leadership?.epoch, epoch == operation?.epoch ?? epoch else {
            throw notCoordinator
        }
        guard
            let revision = try await revision(of: writes, epoch: epoch, absent: absent, basis: basis)
        else {
            // Etcd may know of an operation a moment before this board does.
            if absent.contains(.operation), await wait(.milliseconds(500), until: { $0.operation != nil }),
                let running = board.snapshot.operation
            {
                throw RefusalText.refusal(.operationRunning(running))
            }
            throw Refusal(
                .staleEpoch, "another coordinator took over, or an operation began; nothing was changed")
        }
        // The writer must see its own writes before it goes on.
        board.applyOwn(
            writes.map { write in
                StoreChange(
                    key: write.key, value: write.value, createRevision: epoch, revision: revision)
            })
    }

    /// Writes, and where the answer is lost writes again or, where that could do it twice, asks what came of it: a
    /// decision must not be taken back that the site has already made.
    /// - Throws: `outcomeUnknown` where it cannot be learned in time.
    private func revision(
        of writes: [StoreWrite], epoch: Int64, absent: [StoreKey], basis: StoreVersion?
    ) async throws(Refusal) -> Int64? {
        let deadline = ContinuousClock.now + .seconds(membership.leaseSeconds)
        do throws(Refusal) {
            return try await store.commit(writes, epoch: epoch, absent: absent, basis: basis)
        } catch  where error.code == .outcomeUnknown {
            while ContinuousClock.now < deadline {
                do throws(Refusal) {
                    if basis != nil {
                        return try await store.commit(writes, epoch: epoch, absent: absent, basis: basis)
                    }
                    let contents = try await store.load()
                    if contents.contains(writes) { return contents.revision }
                } catch {
                    log.info("what became of a change is not known yet", metadata: ["why": "\(error)"])
                }
                // Who waits no more is answered no more.
                guard (try? await Task.sleep(for: .milliseconds(200), clock: .loop)) != nil else { break }
            }
            throw error
        }
    }

    var notCoordinator: Refusal {
        Refusal(
            .noCoordinator,
            "\(host) is not the coordinator of \(board.shape.name) any more; nothing was changed",
            hint: "ls, and once a coordinator is named, the same command again")
    }

    func write(_ key: StoreKey, _ value: some Encodable) throws(Refusal) -> StoreWrite {
        StoreWrite(key, try FrameCodec.encode(value))
    }

    func nextOperation() -> String {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        return "\(membership.leadership?.epoch ?? 0)-\(number)"
    }

    // MARK: acting on hosts

    /// Carries out one action on a host, by its manager.
    /// - Parameter deadline: how long its answer is waited for; nil for 5 s beyond the limit that the action carries.
    func act(
        _ action: HostAction, on target: HostName, operation: String, deadline: Duration? = nil
    ) async throws(Refusal) -> AgentReply {
        // Within an operation, the hosts judge: they know whether there is a newer coordinator, this host again perhaps.
        guard let epoch = Operation.epoch(of: operation) ?? membership.leadership?.epoch else {
            throw notCoordinator
        }
        let call = AgentCall(epoch: epoch, operation: operation, action: action)
        let deadline = deadline ?? action.wait + .seconds(5)
        guard target == host else { return try await peers.call(call, on: target, deadline: deadline) }
        return try await askOwnAgent(call, within: deadline)
    }

    /// As from any other host: an answer that comes too late is not waited for, and what was asked for goes on.
    private func askOwnAgent(_ call: AgentCall, within limit: Duration) async throws(Refusal) -> AgentReply {
        let (ends, end) = AsyncStream.makeStream(of: Result<AgentReply, Refusal>.self)
        Task.detached(executorPreference: WorkLoop.current) { [agent] in
            do throws(Refusal) {
                end.yield(.success(try await agent.act(call)))
            } catch {
                end.yield(.failure(error))
            }
        }
        let late = Refusal(
            .outcomeUnknown,
            "the manager of \(host) did not do in time what it was asked for: it may do it still",
            hint: "ls shows what is")
        let timer = Task(executorPreference: WorkLoop.current) {
            guard (try? await Task.sleep(for: limit, clock: .loop)) != nil else { return }
            end.yield(.failure(late))
        }
        defer { timer.cancel() }
        for await reply in ends { return try reply.get() }
        throw late
    }

    /// The same action on several hosts side by side.
    /// - Returns: replies and failures by host; the caller judges what a failure means.
    func act(
        _ action: HostAction, on hosts: [HostName], operation: String, deadline: Duration? = nil
    ) async -> [HostName: Result<AgentReply, Refusal>] {
        await act(hosts.map { ($0, action) }, operation: operation, deadline: deadline)
    }

    /// Different actions on several hosts side by side.
    func act(
        _ actions: [(HostName, HostAction)], operation: String, deadline: Duration? = nil
    ) async -> [HostName: Result<AgentReply, Refusal>] {
        await withTaskGroup(of: HostReply.self) { group in
            for (host, action) in actions {
                group.addTask {
                    HostReply(
                        host: host, result: await self.result(of: action, on: host, operation, deadline))
                }
            }
            return await group.reduce(into: [:]) { $0[$1.host] = $1.result }
        }
    }

    /// What one host answers.
    ///
    /// A struct carries it out of the task group: Swift 6.3.1 optimizes a task's closure that catches a typed error
    /// and returns a tuple so that the tuple is broken.
    private struct HostReply: Sendable {
        var host: HostName
        var result: Result<AgentReply, Refusal>
    }

    private func result(
        of action: HostAction, on host: HostName, _ operation: String, _ deadline: Duration?
    ) async -> Result<AgentReply, Refusal> {
        do throws(Refusal) {
            return .success(try await act(action, on: host, operation: operation, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    // MARK: rules

    /// Runs the rules until cancelled: at each change, and four times a second.
    package func run() async {
        let (calls, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in self.board.changes() { continuation.yield() }
            }
            group.addTask {
                while !Task.isCancelled {
                    continuation.yield()
                    try? await Task.sleep(for: .milliseconds(250), clock: .loop)
                }
                continuation.finish()
            }
            for await _ in calls {
                do throws(Refusal) {
                    try await applyRules()
                } catch {
                    log.warning("the rules could not be applied", metadata: ["why": "\(error)"])
                    try? await Task.sleep(for: .milliseconds(250), clock: .loop)
                }
            }
        }
    }

    private func applyRules() async throws(Refusal) {
        guard membership.leadership != nil, board.hasQuorum else { return }
        try await clearLeftOver()
        let snapshot = board.snapshot
        guard snapshot.primary != nil else { return try await foundSite() }
        try await beginHistory(snapshot)
        for change in Rules.changes(in: snapshot, now: .now) {
            // A record that an operator has just written is newer than this judgement.
            guard board.snapshot.record(of: change.host) == snapshot.record(of: change.host),
                board.snapshot.operation == nil
            else { continue }
            let writes = [
                try write(.dataSource(change.host), change.record),
                try entry(nextOperation(), change.why, by: OperationRecord.rules, []),
            ]
            log.notice("\(change.why)")
            // Nobody can write meanwhile: what is said of a primary and what is done about it is one step.
            var after = board.snapshot
            after.records.dataSources[change.host] = change.record
            if change.host == after.primary, await failOverByRule(in: after, along: writes) { continue }
            try await commit(writes)
        }
        try await countCopies(snapshot)
        if let events = Rules.events(in: snapshot), board.snapshot.operation == nil {
            try await commit([try write(.events, events)])
        }
        await finishFailover()
        await operateByRule()
        try await prune()
        for host in Rules.replicatorsToStart(in: snapshot, heldFor: { board.heldFor($0) }) {
            let why = "the replicator of \(host) is started again: policy AUTOMATIC"
            try await commit([
                try write(.replicator(host), Wanted.online),
                try entry(nextOperation(), why, by: OperationRecord.rules, []),
            ])
            log.notice("\(why)")
        }
    }

    /// Goes on without a second copy where none can be had, and ends that when there is one.
    private func countCopies(_ snapshot: SiteSnapshot) async throws(Refusal) {
        let server = snapshot.primary.flatMap { snapshot.reports[$0]?.server }
        let isUnheard = server?.state == .online && server?.semiSyncReplicas == 0
        let since = unheardSince.withLock { since in
            since = isUnheard ? since ?? .now : nil
            return since
        }
        let seconds = since.map { $0.duration(to: .now).inSeconds } ?? 0
        guard let change = Rules.copies(in: snapshot, unheardFor: seconds, now: .now),
            board.snapshot.operation == nil
        else { return }
        let value = try change.record.map { record throws(Refusal) in try write(.alone, record) }
        try await commit([
            value ?? StoreWrite(.alone, nil),
            try entry(nextOperation(), change.why, by: OperationRecord.rules, []),
        ])
        log.notice("\(change.why)")
    }

    /// Gives a site that has never written anything one transaction, by which its replicas can be measured.
    private func beginHistory(_ snapshot: SiteSnapshot) async throws(Refusal) {
        guard let primary = snapshot.primary, let server = snapshot.reports[primary]?.server,
            server.state == .online,
            !server.readOnly, server.logged.only(board.shape.domain).isEmpty, snapshot.operation == nil,
            snapshot.replicas.allSatisfy({ host in
                snapshot.reports[host]?.server.links.contains { $0.isLocal && $0.state == .online } ?? false
            }),
            hasBegun.withLock({ begun in
                defer { begun = true }
                return !begun
            })
        else { return }
        _ = try await act(.heartbeat, on: primary, operation: "")
        log.notice("the site's first transaction is written", metadata: ["primary": "\(primary)"])
    }

    /// Writes the first records of a site that has never run.
    private func foundSite() async throws(Refusal) {
        let shape = board.shape
        let now = WallTime.now
        var writes = [
            try write(.policy, PolicyRecord(policy: initialPolicy, changedAt: now)),
            try write(
                .primary, PrimaryRecord(host: shape.initialPrimary, since: now, promotedAt: GTIDPosition())),
        ]
        for host in shape.hosts {
            let role = host == shape.initialPrimary ? DataSourceRole.primary : .replica
            writes.append(
                try write(.dataSource(host), DataSourceRecord(role: role, state: .online, changedAt: now)))
        }
        try await commit(writes, absent: [.primary])
        log.notice("the site's first records are written", metadata: ["primary": "\(shape.initialPrimary)"])
    }
}

extension HostAction {
    /// The limit that it carries for what its host waits for; others have deadlines of their own, or need none.
    fileprivate var wait: Duration {
        switch self {
        case .awaitPosition(_, let milliseconds): .milliseconds(milliseconds)
        case .freeze(let limit, _): .milliseconds(limit)
        default: .zero
        }
    }
}
