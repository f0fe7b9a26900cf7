import ClusterModel

/// The failover as a plan, in two parts: who is promoted is known for certain only when no replica receives any more.
extension FailoverPlanner {
    /// - Parameter force: whether what could lose writes is done all the same.
    /// - Throws: the rule that stands in the way, or why there is nobody to promote.
    package static func plan(
        target: HostName?, in snapshot: SiteSnapshot, force: Bool
    ) throws(PlanRefusal) -> Plan {
        let old = try check(target: target, in: snapshot, force: force)
        let expected = try expected(target: target, in: snapshot, force: force)
        // A stopped server has nothing more to tell; one that is slow to answer has.
        let replicas = snapshot.replicas.filter { snapshot.reports[$0]?.server.state == .online }
        return Plan(
            from: old, to: expected,
            stages: [
                // Side by side: nothing is acknowledged any more as soon as no replica receives, and nobody is promoted
                // before all of it has ended.
                [
                    .failover(.turnAway(routers(of: snapshot), from: old)),
                    .failover(.fence(old, force: force)),
                    .failover(.choose(replicas, target: target, force: force)),
                ]
            ] + rest(from: old, to: expected, in: snapshot))
    }

    /// What follows the choice.
    /// - Parameter snapshot: with what the replicas have told since they stopped receiving.
    package static func rest(
        from old: HostName, to new: HostName, in snapshot: SiteSnapshot
    ) -> [[PlanStep]] {
        let others = snapshot.replicas.filter { $0 != new && snapshot.reports[$0] != nil }
        // A former primary that came back may hold what was lost: whether it may follow is judged when it rejoins.
        let followers = others.filter { snapshot.record(of: $0).role == .replica }
        let follow: [PlanStep] = followers.isEmpty ? [] : [.failover(.follow(followers, new))]
        let ask = PlanStep.failover(.ask(new, others: others))
        // Nobody can follow a server whose log ends before what they have executed.
        let ready: [[PlanStep]] =
            hasApplied(new, in: snapshot)
            ? [[ask] + follow] : [[.failover(.apply(new)), ask]] + (follow.isEmpty ? [] : [follow])
        return ready + [
            [.failover(.fetch(new))],
            [.failover(.promote(new, insteadOf: old))],
        ] + end(from: old, to: new, in: snapshot)
    }

    /// Whether a server that receives no more has executed all that it has received of its site.
    private static func hasApplied(_ host: HostName, in snapshot: SiteSnapshot) -> Bool {
        guard let server = snapshot.reports[host]?.server, let local = server.links.first(where: \.isLocal),
            !local.receiving
        else { return false }
        let domain = snapshot.shape.domain
        return server.executed.sequence(of: domain) >= local.received.sequence(of: domain)
    }

    /// What is left of a failover whose coordinator went away after the site had agreed on the new primary.
    /// - Returns: nil where there is nothing to do, or nobody to do it with.
    package static func remainder(
        from old: HostName, to new: HostName, in snapshot: SiteSnapshot
    ) -> Plan? {
        guard snapshot.operation == nil, snapshot.primary == new, snapshot.record(of: new).state == .online,
            snapshot.record(of: old).reason == "\(Rules.failedOver)\(new)",
            let server = snapshot.reports[new]?.server, server.state == .online, server.readOnly
        else { return nil }
        return Plan(from: old, to: new, stages: end(from: old, to: new, in: snapshot))
    }

    private static func end(
        from old: HostName, to new: HostName, in snapshot: SiteSnapshot
    ) -> [[PlanStep]] {
        let followers = snapshot.replicas.filter { host in
            host != new && host != old && snapshot.record(of: host).role == .replica
                && snapshot.reports[host]?.server.state == .online
        }
        return [
            [.failover(.open(new))],
            [.failover(.admit(routers(of: snapshot)))],
            [.settle([new] + followers)],
        ]
    }

    private static func routers(of snapshot: SiteSnapshot) -> [HostName] {
        snapshot.shape.routers.filter { snapshot.reports[$0] != nil }
    }

    /// Who would be promoted by what is known now; that another has received more is judged later.
    private static func expected(
        target: HostName?, in snapshot: SiteSnapshot, force: Bool
    ) throws(PlanRefusal) -> HostName {
        let ranking = ranking(in: snapshot, force: force)
        guard let best = ranking.candidates.first else { throw .noCandidate(ranking.objections) }
        guard let target else { return best.host }
        if let objection = ranking.objections[target] { throw .notCandidate(target, objection) }
        return target
    }
}
