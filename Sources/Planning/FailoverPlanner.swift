import ClusterModel

/// Decides whether a replica may be promoted without the old primary's help; touches nothing.
package enum FailoverPlanner {
    /// Checks what must hold before anything is fenced.
    /// - Returns: the primary to replace.
    package static func check(
        target: HostName?, in snapshot: SiteSnapshot, force: Bool
    ) throws(PlanRefusal) -> HostName {
        if let running = snapshot.operation { throw .operationRunning(running) }
        guard let primary = snapshot.primary else { throw .noPrimary }
        if let target {
            guard snapshot.shape.hosts.contains(target) else { throw .noSuchDataSource(target) }
            guard target != primary else { throw .alreadyPrimary(target) }
        }
        guard snapshot.record(of: primary).state == .failed || force else {
            throw .primaryStillServes(primary)
        }
        return primary
    }

    /// Chooses the replica to promote once none receives any more.
    /// - Parameter snapshot: reports taken after the replicas stopped receiving.
    package static func choose(
        target: HostName?, in snapshot: SiteSnapshot
    ) throws(PlanRefusal) -> (candidate: Candidate, ranking: CandidateRanking) {
        let ranking = CandidateRanking(snapshot, needsLink: false)
        guard let best = ranking.candidates.first else { throw .noCandidate(ranking.objections) }
        guard let target else { return (best, ranking) }
        if let objection = ranking.objections[target] { throw .notCandidate(target, objection) }
        guard let wanted = ranking.candidates.first(where: { $0.host == target }) else {
            throw .noSuchDataSource(target)
        }
        guard wanted.stored == best.stored else {
            throw .behind(target, best: best.host, missing: best.stored - wanted.stored)
        }
        return (wanted, ranking)
    }
}
