import ClusterModel

/// Decides whether a replica may be promoted without the old primary's help; touches nothing.
package enum FailoverPlanner {
    /// Checks what must hold before anything is fenced.
    /// - Returns: the primary to replace.
    package static func check(
        target: HostName?, in snapshot: SiteSnapshot, force: Bool
    ) throws(PlanRefusal) -> HostName {
        try verdicts(target: target, in: snapshot, force: force).check()
        guard let primary = snapshot.primary else { throw .noPrimary }
        return primary
    }

    /// What must hold before anything is fenced, in the order in which it is judged.
    package static func verdicts(
        target: HostName?, in snapshot: SiteSnapshot, force: Bool
    ) -> [Verdict] {
        let verdicts = [snapshot.noOperation(), snapshot.hasPrimary()] + snapshot.isTarget(target)
        guard let primary = snapshot.primary else { return verdicts }
        let record = snapshot.record(of: primary)
        let hasFailed = record.state == .failed || force
        return verdicts + [
            Verdict(
                .primaryFailed, of: primary, unless: hasFailed ? nil : .primaryStillServes(primary),
                seen: snapshot.stateText(of: primary), since: record.changedAt)
        ]
    }

    /// Whether there is a replica to promote, by what is known now; `choose` judges again when positions stand still.
    package static func someCandidate(in snapshot: SiteSnapshot) -> Verdict {
        SwitchPlanner.someCandidate(in: snapshot, needsLink: false)
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
