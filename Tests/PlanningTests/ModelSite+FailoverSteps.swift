import ClusterModel
import ClusterTestKit
import Planning

extension ModelSite {
    /// Carries out a step of a failover, by the planner's own choice and proof.
    mutating func take(_ step: FailoverStep, limit: Int) {
        switch step {
        case .turnAway(let routers, let old):
            for router in routers.prefix(limit) where snapshot.reports[router] != nil {
                turn(router) { state in
                    state.isHeld = true
                    state.target = nil
                    state.sessions.remove(old)
                }
            }
        case .fence(let old, _): fence(old)
        case .choose(let replicas, let target, _): choose(replicas, target, limit: limit)
        case .apply(let new):
            guard isThere(new) else { return fail() }
            change(new) { $0.execute() }
        case .ask(_, let others): failover.others = others
        case .fetch(let new): fetch(new, failover.others)
        case .follow(let replicas, let new):
            for replica in replicas.prefix(limit) where isThere(replica) && reach(replica, new) {
                change(replica) { $0.execute() }
                follow(new, with: replica)
            }
        case .promote(let new, let old): promote(new, old)
        case .open(let new):
            guard isThere(new) else { return }
            change(new) { $0.readOnly = false }
        case .admit(let routers):
            for router in routers.prefix(limit) where snapshot.reports[router] != nil {
                lead(router, to: snapshot.routerGoal(for: router).write)
                turn(router) { $0.isHeld = false }
            }
        }
    }

    private func isThere(_ host: HostName) -> Bool {
        snapshot.reports[host] != nil && servers[host]?.isRunning == true
    }

    private mutating func fail() { failover.hasFailed = true }

    private mutating func fence(_ old: HostName) {
        failover.isClosed = snapshot.reports[old] != nil || servers[old]?.isCut != true
        guard servers[old]?.isCut != true else { return }
        // One that hangs is killed.
        if servers[old]?.isFrozen == true { die(old) }
        change(old) { $0.readOnly = true }
    }

    private mutating func choose(_ replicas: [HostName], _ target: HostName?, limit: Int) {
        var answering: [HostName] = []
        var seen = observed
        for replica in replicas.prefix(limit) {
            guard isThere(replica) else {
                seen.reports[replica] = nil
                continue
            }
            change(replica) { $0.isBroken = true }
            seen.reports[replica] = observed.reports[replica]
            answering.append(replica)
        }
        guard limit == .max, let old = snapshot.primary else { return }
        do throws(PlanRefusal) {
            let chosen = try FailoverPlanner.choose(target: target, in: seen).candidate
            let proof = FailoverPlanner.complete(chosen, answering: answering, in: seen)
            if let refusal = proof.refusal { throw refusal }
            failover.rest = (chosen.host, FailoverPlanner.rest(from: old, to: chosen.host, in: seen))
        } catch {
            failover.refusal = error
            fail()
        }
    }

    private mutating func fetch(_ new: HostName, _ others: [HostName]) {
        guard isThere(new), let own = servers[new]?.log else { return fail() }
        let held = others.filter(isThere).compactMap { servers[$0]?.held }
        guard let farthest = held.max(by: { $0.count < $1.count }), farthest.count > own.count,
            farthest.starts(with: own)
        else { return }
        change(new) { $0.log = farthest }
    }

    private mutating func promote(_ new: HostName, _ old: HostName) {
        // The condition of the transaction: a primary that is back under its lease is the primary still.
        guard isThere(new), failover.isClosed || snapshot.reports[old] == nil else { return fail() }
        let now = WallTime(milliseconds: 9)
        snapshot.records.primary?.host = new
        snapshot.records.dataSources[new] = DataSourceRecord(role: .primary, state: .online, changedAt: now)
        snapshot.records.dataSources[old] = DataSourceRecord(
            role: .primary, state: .shunned, reason: "\(Rules.failedOver)\(new)", changedAt: now)
        snapshot.records.replicators[new] = nil
    }
}
