import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// What each step of a plan does on the hosts.
extension Coordinator {
    /// - Returns: what a host could not do and will do later by itself.
    func perform(_ step: PlanStep, _ plan: Plan, _ operation: Operation) async throws(Refusal)
        -> [String]
    {
        let site = board.shape.name
        let id = operation.id
        switch step {
        case .quietLinks(let host):
            _ = try await act(.stopLinks, on: host, operation: id, deadline: .seconds(30))
        case .beginLogFile(let host): await beginLogFile(on: host, beyond: 256 << 10, id)
        case .restEvents(let host, let must):
            try await restEvents(on: host, candidate: plan.to, must: must, operation)
        case .attach(let replicas, let candidate, let must):
            try await attach(replicas, to: candidate, must: must, id)
        case .approach(let candidate, let primary, let limit):
            try await approach(candidate, primary, within: .milliseconds(limit), id)
        case .endTransactions(let host, let cut):
            try await endTransactions(of: plan, cut: cut, operation)
            _ = try await act(.prepareFreeze, on: host, operation: id)
        case .holdRouters(let routers, let limit):
            try await all(.hold(milliseconds: limit), on: routers, id)
        case .drainRouters(let routers, let primary, let next):
            let drains = routers.map { router -> (HostName, HostAction) in
                (
                    router,
                    .drain(primary, next: next, own: operation.ownSessions(at: router), milliseconds: 100)
                )
            }
            let own = routers.reduce(0) { $0 + operation.ownSessions(at: $1) }
            var open = 0
            for (_, reply) in await act(drains, operation: id, deadline: .seconds(2)) {
                open += try reply.get().count ?? 0
            }
            operation.leaves(open: max(0, open - own))
        case .near(let candidate, let primary, let limit):
            try await near(candidate, primary, within: .milliseconds(limit), id)
        case .freeze(let host, let limit, let expiry):
            try await freeze(host, limit: limit, expiry: expiry, operation)
        case .catchUp(let candidate, _, let limit, let gap):
            try await catchUp(candidate, limit: limit, operation)
            try foresee(operation, within: gap)
        case .leave(let routers, let primary):
            try await leave(routers, primary, operation)
        case .close(let host):
            try await close(host, candidate: plan.to, operation)
        case .record(let primary, let old):
            try await record(primary, old, operation)
        case .open(let host):
            operation.say("PUT THE \(host == plan.to ? "NEW" : "OLD") MASTER '\(host)@\(site)' ONLINE")
            try await open(host, operation)
        case .releaseRouters(let routers, let primary):
            // On the way back every router is led to the old primary first. One that cannot be goes on holding: its
            // clients would be led to a server that takes no writes.
            var left: [String] = []
            var led = routers
            if primary != plan.to {
                let replies = await lead(routers, to: primary, id)
                left = failures(replies, "router")
                led.removeAll { if case .failure = replies[$0] { true } else { false } }
            }
            let released = await act(.release, on: led, operation: id, deadline: .seconds(2))
            operation.held(
                released.sorted { $0.key < $1.key }.compactMap { router, reply in
                    (try? reply.get())?.count.map { RouterHold(router: router, connections: $0) }
                })
            return left + failures(released, "router")
        case .thaw(let host):
            // Those who have waited come first; nobody waits for what follows, unless it is the way back.
            guard board.snapshot.primary == plan.to else {
                _ = try await act(.thaw, on: host, operation: id, deadline: Self.whileHeld)
                break
            }
            // Where nobody else follows the new primary, its first commits wait for this one.
            if plan.isAttached { try? await Task.sleep(for: .milliseconds(50), clock: .loop) }
            return try await thawOld(host, operation)
        case .settle(let hosts):
            // What begins beside a failover's steps ends before its last, or before the way back.
            await operation.findings.withLock { $0.following }?.value
            guard board.snapshot.primary == plan.to, !plan.isFailover else { return await settle(hosts, id) }
            operation.say("PUT THE PRIOR MASTER '\(plan.from)@\(site)' ONLINE AS A SLAVE")
            return await settleSlowly(hosts, id)
        case .failover(let step):
            return try await perform(step, plan, operation)
        }
        return []
    }

    /// Lets those who will connect to a candidate find a short log; where that fails, it reads a long one for them.
    func beginLogFile(on host: HostName, beyond bytes: Int, _ id: String) async {
        do throws(Refusal) {
            _ = try await act(.beginLogFile(beyond: bytes), on: host, operation: id)
        } catch {
            log.info(
                "those who connect to the candidate have it read a long file",
                metadata: ["operation": "\(id)", "why": "\(error.message)"])
        }
    }

    private func record(
        _ primary: HostName, _ old: HostName, _ operation: Operation
    ) async throws(Refusal) {
        let now = WallTime.now
        let position = operation.frozenAt.withLock { $0 }
        try await commit(
            [
                try write(.primary, PrimaryRecord(host: primary, since: now, promotedAt: position)),
                try write(
                    .dataSource(primary), DataSourceRecord(role: .primary, state: .online, changedAt: now)),
                try write(.dataSource(old), DataSourceRecord(role: .replica, state: .online, changedAt: now)),
                StoreWrite(.replicator(old), nil), StoreWrite(.replicator(primary), nil),
            ],
            basis: board.version(of: .primary), of: operation)
    }

    /// Has all routers send writes to `primary`, whatever each is wanted to accept and to read from.
    private func lead(
        _ routers: [HostName], to primary: HostName, _ id: String
    ) async -> [HostName: Result<AgentReply, Refusal>] {
        let snapshot = board.snapshot
        let actions = routers.map { router -> (HostName, HostAction) in
            var wanted = snapshot.routerGoal(for: router)
            wanted.write = primary
            return (router, .route(wanted))
        }
        return await act(actions, operation: id, deadline: .seconds(2))
    }

    func settle(_ hosts: [HostName], _ id: String) async -> [String] {
        let snapshot = board.snapshot
        let actions = hosts.compactMap { host in
            snapshot.serverGoal(for: host).map { (host, HostAction.settle($0)) }
        }
        // One whose lease has ended is not waited for: no rule acts, and nobody fails over, before the operation ends.
        let gone = actions.map(\.0).filter { $0 != self.host && snapshot.reports[$0] == nil }
        var replies = await act(
            actions.filter { !gone.contains($0.0) }, operation: id, deadline: .seconds(10))
        for host in gone {
            replies[host] = .failure(Refusal(.hostUnreachable, "the manager of '\(host)' does not answer"))
        }
        return failures(replies, "server")
    }

    /// One host after the other, then the routers: clients write meanwhile, and all at once would take more of processor
    /// and disk than those leave.
    ///
    /// Rules stand still until the operation ends: where one does not come to its place, the others are not kept waiting.
    private func settleSlowly(_ hosts: [HostName], _ id: String) async -> [String] {
        var left: [String] = []
        for (place, host) in hosts.enumerated() {
            left += await settle([host], id)
            guard left.isEmpty else { return left + (await settle(Array(hosts.dropFirst(place + 1)), id)) }
            await breathe()
        }
        let snapshot = board.snapshot
        for router in snapshot.shape.routers {
            guard let state = snapshot.reports[router]?.router.state, state != .stopped else { continue }
            // Where reads go its agent sees to as well, as soon as it can.
            let goal = snapshot.routerGoal(for: router)
            let replies = await act(.route(goal), on: [router], operation: id, deadline: .seconds(2))
            if let late = failures(replies, "router").first {
                log.info("a router is late", metadata: ["operation": "\(id)", "why": "\(late)"])
                break
            }
            await breathe()
        }
        return left
    }

    /// Leaves the hosts to their clients for a moment.
    func breathe() async { try? await Task.sleep(for: .milliseconds(20), clock: .loop) }

    func all(_ action: HostAction, on hosts: [HostName], _ id: String) async throws(Refusal) {
        for (_, reply) in await act(action, on: hosts, operation: id, deadline: .seconds(2)) {
            _ = try reply.get()
        }
    }

    func failures(_ replies: [HostName: Result<AgentReply, Refusal>], _ what: String) -> [String] {
        replies.sorted { $0.key < $1.key }.compactMap { host, reply in
            guard case .failure(let refusal) = reply else { return nil }
            return "FOLLOW-UP: the \(what) of '\(host)' is brought in line later: \(refusal.message)"
        }
    }
}
