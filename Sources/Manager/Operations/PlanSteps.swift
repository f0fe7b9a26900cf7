import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

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
            _ = try await act(.stopLinks, on: host, operation: id)
        case .attach(let replicas, let candidate):
            await attach(replicas, to: candidate, id)
        case .approach(let candidate, let primary):
            try await approach(candidate, primary, id)
        case .endTransactions(let host, let cut):
            try await endTransactions(on: host, cut: cut, operation)
        case .holdRouters(let routers):
            try await all(.hold(milliseconds: 5000), on: routers, id)
        case .drainRouters(let routers, let primary):
            try await all(.drain(primary, milliseconds: 100), on: routers, id)
        case .freeze(let host):
            try await freeze(host, operation)
        case .leave(let routers, let primary):
            operation.say("PURGE REMAINING ACTIVE SESSIONS ON CURRENT MASTER '\(primary)@\(site)'")
            // The new target already: those who wait choose theirs when the hold is lifted.
            var cut = 0
            for (_, reply) in await lead(routers, to: plan.to, id) { cut += try reply.get().count ?? 0 }
            operation.cut(sessions: cut)
            operation.say(
                "PURGED A TOTAL OF \(cut) ACTIVE SESSIONS ON MASTER '\(primary)@\(site)'")
        case .catchUp(let candidate, let primary):
            operation.say("FLUSH TRANSACTIONS ON CURRENT MASTER '\(primary)@\(site)'")
            let end = operation.frozenAt.withLock { $0 }
            _ = try await act(.awaitPosition(end, milliseconds: 2000), on: candidate, operation: id)
        case .close(let host):
            try await close(host, candidate: plan.to, operation)
        case .record(let primary, let old):
            try await record(primary, old, at: operation.frozenAt.withLock { $0 })
        case .open(let host):
            operation.say("PUT THE NEW MASTER '\(host)@\(site)' ONLINE")
            _ = try await act(.open(jump: false), on: host, operation: id)
        case .releaseRouters(let routers, let primary):
            // On the way back every router is led to the old primary first, as far as it answers.
            var left: [String] = []
            if primary != plan.to { left = failures(await lead(routers, to: primary, id), "router") }
            left += failures(await act(.release, on: routers, operation: id, deadline: .seconds(2)), "router")
            return left
        case .thaw(let host):
            _ = try await act(.thaw, on: host, operation: id)
        case .settle(let hosts):
            if board.snapshot.primary == plan.to {
                operation.say("PUT THE PRIOR MASTER '\(plan.from)@\(site)' ONLINE AS A SLAVE")
            }
            return await settle(hosts, id)
        }
        return []
    }

    private func record(
        _ primary: HostName, _ old: HostName, at position: GTIDPosition
    ) async throws(Refusal) {
        let now = WallTime.now
        try await commit([
            try write(.primary, PrimaryRecord(host: primary, since: now, promotedAt: position)),
            try write(.dataSource(primary), DataSourceRecord(role: .primary, state: .online, changedAt: now)),
            try write(.dataSource(old), DataSourceRecord(role: .replica, state: .online, changedAt: now)),
            StoreWrite(.replicator(old), nil), StoreWrite(.replicator(primary), nil),
        ])
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
        return failures(await act(actions, operation: id, deadline: .seconds(10)), "server")
    }

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
