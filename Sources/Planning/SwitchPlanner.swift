import ClusterModel

/// Decides how the primary role moves while everything works; touches nothing.
package enum SwitchPlanner {
    /// - Parameters:
    ///   - target: nil chooses the best candidate.
    ///   - force: also where a router cannot be reached; its clients are then cut off by the old primary itself.
    /// - Throws: the rule that stands in the way.
    package static func plan(
        to target: HostName?, in snapshot: SiteSnapshot, force: Bool
    ) throws(PlanRefusal) -> (plan: Plan, ranking: CandidateRanking) {
        if let running = snapshot.operation { throw .operationRunning(running) }
        guard let primary = snapshot.primary else { throw .noPrimary }
        if let target {
            guard snapshot.shape.hosts.contains(target) else { throw .noSuchDataSource(target) }
            guard target != primary else { throw .alreadyPrimary(target) }
        }
        let primaryState = snapshot.reports[primary]?.server.state ?? .unknown
        guard primaryState == .online else { throw .primaryNotServing(primary, primaryState) }
        let record = snapshot.record(of: primary)
        guard record.state == .online || force else { throw .primaryNotOnline(primary, record.state) }

        let ranking = CandidateRanking(snapshot, needsLink: true)
        let candidate: HostName
        if let target {
            if let objection = ranking.objections[target] { throw .notCandidate(target, objection) }
            candidate = target
        } else {
            guard let best = ranking.candidates.first else { throw .noCandidate(ranking.objections) }
            candidate = best.host
        }
        let routers = try routers(in: snapshot, force: force)
        let hosts = [candidate, primary] + snapshot.liveHosts.filter { $0 != candidate && $0 != primary }
        return (
            Plan(
                from: primary, to: candidate, steps: steps(primary, candidate, routers: routers, hosts: hosts)
            ),
            ranking
        )
    }

    /// Routers that take part.
    ///
    /// One that runs without a manager would go on sending writes to the old primary.
    private static func routers(in snapshot: SiteSnapshot, force: Bool) throws(PlanRefusal) -> [HostName] {
        for router in snapshot.shape.routers where snapshot.reports[router] == nil && !force {
            throw .routerUnmanaged(router)
        }
        return snapshot.shape.routers.filter {
            guard let router = snapshot.reports[$0]?.router else { return false }
            return router.state != .stopped
        }
    }

    private static func steps(
        _ primary: HostName, _ candidate: HostName, routers: [HostName], hosts: [HostName]
    ) -> [PlanStep] {
        [
            .quietLinks(primary),
            .approach(candidate: candidate, primary: primary),
            .holdRouters(routers),
            .drainRouters(routers, primary: primary),
            .freeze(primary),
            .leave(routers, primary: primary),
            .catchUp(candidate: candidate, primary: primary),
            .close(primary),
            .record(primary: candidate, old: primary),
            .open(candidate),
            .releaseRouters(routers, primary: candidate),
            .thaw(primary),
            .settle(hosts),
        ]
    }
}
