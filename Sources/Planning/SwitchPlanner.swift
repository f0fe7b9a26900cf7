import ClusterModel

/// Decides how the primary role moves while everything works; touches nothing.
package enum SwitchPlanner {
    /// Milliseconds.
    package static let standardGapLimit = 100

    /// - Parameters:
    ///   - target: nil chooses the best candidate.
    ///   - force: also where a router cannot be reached; its clients are then cut off by the old primary itself.
    ///   - cut: whether sessions whose transactions do not end in time are ended.
    ///   - gapLimit: how long writes may wait, in milliseconds; with `force` longer.
    /// - Throws: the rule that stands in the way.
    package static func plan(
        to target: HostName?, in snapshot: SiteSnapshot, force: Bool, cut: Bool = false,
        gapLimit: Int = standardGapLimit
    ) throws(PlanRefusal) -> (plan: Plan, ranking: CandidateRanking) {
        try verdicts(to: target, in: snapshot, force: force).check()
        guard let primary = snapshot.primary else { throw .noPrimary }
        let ranking = CandidateRanking(snapshot, needsLink: true)
        guard let candidate = target ?? ranking.candidates.first?.host else {
            throw .noCandidate(ranking.objections)
        }
        // A stopped router has no clients to hold.
        let routers = snapshot.shape.routers.filter {
            guard let router = snapshot.reports[$0]?.router else { return false }
            return router.state != .stopped
        }
        // The old primary first: it is the second copy.
        let hosts = [primary, candidate] + snapshot.liveHosts.filter { $0 != candidate && $0 != primary }
        return (
            Plan(
                from: primary, to: candidate,
                stages: stages(
                    primary, candidate, others: followers(of: primary, but: candidate, in: snapshot),
                    routers: routers, hosts: hosts, cut: cut, force: force,
                    limits: GapLimits(total: gapLimit, force: force))),
            ranking
        )
    }

    /// What must hold for a switch, in the order in which it is judged; the first rule that does not refuses it.
    package static func verdicts(
        to target: HostName?, in snapshot: SiteSnapshot, force: Bool
    ) -> [Verdict] {
        var verdicts = [snapshot.noOperation(), snapshot.hasPrimary()] + snapshot.isTarget(target)
        if let primary = snapshot.primary {
            let state = snapshot.reports[primary]?.server.state ?? .unknown
            let record = snapshot.record(of: primary)
            let isOnline = record.state == .online || force
            verdicts += [
                Verdict(
                    .primaryServes, of: primary,
                    unless: state == .online ? nil : .primaryNotServing(primary, state),
                    seen: snapshot.serverText(of: primary),
                    since: snapshot.reports[primary]?.server.changedAt ?? snapshot.lost[primary]),
                Verdict(
                    .primaryOnline, of: primary,
                    unless: isOnline ? nil : .primaryNotOnline(primary, record.state),
                    seen: snapshot.stateText(of: primary), since: record.changedAt),
                primaryHasRoom(primary, in: snapshot, force: force),
            ]
        }
        if let target {
            verdicts += CandidateRanking.verdicts(on: target, in: snapshot, needsLink: true)
        } else {
            verdicts.append(someCandidate(in: snapshot, needsLink: true))
        }
        return verdicts + [routersManaged(in: snapshot, force: force)]
    }

    /// Commits that wait for room hold what a freeze needs, and one that is cut leaves half a transaction in the log.
    private static func primaryHasRoom(
        _ primary: HostName, in snapshot: SiteSnapshot, force: Bool
    ) -> Verdict {
        let full = snapshot.reports[primary]?.fullServerDisk
        return Verdict(
            .roomOnDisk, of: primary,
            unless: force ? nil : full.map { .primaryDiskFull(primary, $0.path) },
            seen: full.map { "\($0.free >> 20) MiB free at \($0.path)" } ?? "enough")
    }

    static func someCandidate(in snapshot: SiteSnapshot, needsLink: Bool) -> Verdict {
        let ranking = CandidateRanking(snapshot, needsLink: needsLink)
        let names = ranking.candidates.map(\.host.description).joined(separator: ", ")
        return Verdict(
            .someCandidate, unless: names.isEmpty ? .noCandidate(ranking.objections) : nil,
            seen: names.isEmpty ? "none" : names)
    }

    /// A router that runs without a manager would go on sending writes to the old primary.
    private static func routersManaged(in snapshot: SiteSnapshot, force: Bool) -> Verdict {
        let missing = snapshot.shape.routers.filter { snapshot.reports[$0] == nil }
        let stopped = missing.map(\.description).joined(separator: ", ")
        return Verdict(
            .routersManaged, unless: force ? nil : missing.first.map { .routerUnmanaged($0) },
            seen: missing.isEmpty ? "all answer" : "no answer from \(stopped)",
            since: missing.compactMap { snapshot.lost[$0] }.min())
    }

    /// Replicas that work, besides the candidate.
    private static func followers(
        of primary: HostName, but candidate: HostName, in snapshot: SiteSnapshot
    ) -> [HostName] {
        snapshot.replicas.filter { host in
            guard host != candidate, snapshot.record(of: host).state == .online,
                let link = snapshot.reports[host]?.server.links.first(where: \.isLocal)
            else { return false }
            return link.state == .online && HostName(link.sourceHost) == primary
        }
    }

    private static func stages(
        _ primary: HostName, _ candidate: HostName, others: [HostName], routers: [HostName],
        hosts: [HostName], cut: Bool, force: Bool, limits: GapLimits
    ) -> [[PlanStep]] {
        let attach: [[PlanStep]] = others.isEmpty ? [] : [[.attach(others, to: candidate, must: !force)]]
        return [[.quietLinks(primary), .beginLogFile(candidate)]] + attach + [
            [.approach(candidate: candidate, primary: primary, within: limits.near)],
            [.restEvents(primary, must: !force)],
            [.endTransactions(primary, cut: cut)],
            [.holdRouters(routers, limit: limits.longestHold)],
            [.drainRouters(routers, primary: primary, next: candidate)],
            [.near(candidate: candidate, primary: primary, within: limits.near)],
            [.freeze(primary, limit: limits.freeze, expiry: limits.longestFreeze)],
            // No session is cut before it is certain that the candidate has everything in time, and each is cut while
            // its writes still wait: between the close and the cut it would be told of a server that is read-only, which
            // applications do not answer by connecting anew (37 of 800 sessions in 50 switches).
            [
                .catchUp(candidate: candidate, primary: primary, limit: limits.catchUp, gap: limits.whole)
            ],
            [.leave(routers, primary: primary)],
            [.close(primary)],
            [.record(primary: candidate, old: primary)],
            [.open(candidate)],
            [.releaseRouters(routers, primary: candidate)],
            [.thaw(primary)],
            [.settle(hosts)],
        ]
    }
}
