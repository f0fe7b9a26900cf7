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
                seen: snapshot.stateText(of: primary), since: record.changedAt),
            hasCopies(primary, in: snapshot, force: force),
        ]
    }

    /// Whether every acknowledged transaction exists at least twice.
    static func hasCopies(_ primary: HostName, in snapshot: SiteSnapshot, force: Bool = false) -> Verdict {
        guard let alone = snapshot.records.alone else {
            return Verdict(.provenComplete, of: primary, true, seen: "commits wait for a second copy")
        }
        return Verdict(
            .provenComplete, of: primary, unless: force ? nil : .ranAlone(primary, since: alone.since),
            seen: "the site ran without a second copy", since: alone.since)
    }

    /// Whether there is a replica to promote, by what is known now; `choose` judges again when positions stand still.
    package static func someCandidate(in snapshot: SiteSnapshot) -> Verdict {
        SwitchPlanner.someCandidate(in: snapshot, needsLink: false)
    }

    /// Chooses the replica to promote once none receives any more.
    /// - Parameters:
    ///   - snapshot: reports taken after the replicas stopped receiving.
    ///   - force: whether a replica may be taken that FAILED and serves again, where there is no better one.
    package static func choose(
        target: HostName?, in snapshot: SiteSnapshot, force: Bool = false
    ) throws(PlanRefusal) -> (candidate: Candidate, ranking: CandidateRanking) {
        let ranking = ranking(in: snapshot, force: force)
        guard let best = ranking.candidates.first else { throw .noCandidate(ranking.objections) }
        guard let target else { return (best, ranking) }
        if let objection = ranking.objections[target] { throw .notCandidate(target, objection) }
        guard let wanted = ranking.candidates.first(where: { $0.host == target }) else {
            throw snapshot.unknown(target)
        }
        guard wanted.stored == best.stored || force else {
            throw .behind(target, best: best.host, missing: best.stored - wanted.stored)
        }
        return (wanted, ranking)
    }

    static func ranking(in snapshot: SiteSnapshot, force: Bool) -> CandidateRanking {
        let ranking = CandidateRanking(snapshot, needsLink: false)
        guard ranking.candidates.isEmpty, force else { return ranking }
        return CandidateRanking(snapshot.acceptingFailed(), needsLink: false)
    }

    /// Whether the old primary takes no more writes, or will certainly be closed before another is opened.
    ///
    /// Its manager closes it, by command or because its lease has ended. Only where that manager had gone before and
    /// the host cannot be reached is there nobody to close it.
    package static func closed(_ primary: HostName, in snapshot: SiteSnapshot) -> Verdict {
        let sight = snapshot.sights[primary]
        let hasManager = snapshot.reports[primary] != nil
        let isDead = sight?.server == .stopped && sight?.isConfirmed == true
        let reachable = sight?.server == .online
        let closes = hasManager || isDead || reachable || sight?.servesAlone != true
        let seen =
            hasManager
            ? "its manager answers"
            : isDead
                ? "nothing listens there"
                : reachable
                    ? "its server can be reached"
                    : closes ? "its manager has lost its lease" : "its manager was gone before"
        return Verdict(.oldPrimaryClosed, of: primary, unless: closes ? nil : .notClosed(primary), seen: seen)
    }

    /// Whether the candidate has everything that was ever acknowledged.
    ///
    /// An acknowledged transaction is on the old primary and on one replica at least. Where all replicas could be
    /// asked, the one that received most has it. Where one could not, it matters whether it sent receipts at the end:
    /// when the old primary counted as many receivers as there are replicas that answer and have what it had logged
    /// then, the silent one was away, and has nothing that they lack. A replica that FAILED tells nothing either: a
    /// server that is started again throws away what it had received and not executed.
    /// - Parameter answering: replicas that have told their positions after they stopped receiving.
    package static func complete(
        _ candidate: Candidate, answering: [HostName], in snapshot: SiteSnapshot
    ) -> Verdict {
        let copies = hasCopies(snapshot.primary ?? candidate.host, in: snapshot)
        guard copies.holds else { return copies }
        let answering = answering.filter { snapshot.record(of: $0).state != .failed || $0 == candidate.host }
        let unheard = snapshot.replicas.filter { !answering.contains($0) }
        guard !unheard.isEmpty, let primary = snapshot.primary else {
            return Verdict(.provenComplete, of: candidate.host, true, seen: "every replica was asked")
        }
        let names = unheard.map(\.description).joined(separator: ", ")
        let refusal = PlanRefusal.unproven(candidate.host, unheard: unheard)
        // A manager that was started after its server's death knows nothing of it.
        let reports = [snapshot.reports[primary]?.server, snapshot.remembered[primary]].compactMap(\.self)
        guard let last = reports.first(where: { !$0.logged.isEmpty }) else {
            return Verdict(
                .provenComplete, of: candidate.host, unless: refusal,
                seen: "no answer from \(names), and nothing known of the old primary's receivers")
        }
        // One that was started anew and not opened has forgotten who followed it, and may have taken back what they hold.
        if last.state == .online, last.opened == false, last.semiSyncReplicas == 0 {
            return Verdict(
                .provenComplete, of: candidate.host, unless: refusal,
                seen: "no answer from \(names), and the old primary has forgotten its receivers by a start")
        }
        let domain = snapshot.shape.domain
        let logged = last.logged.sequence(of: domain)
        let level = answering.count { host in
            guard let server = snapshot.reports[host]?.server else { return false }
            return Self.stored(server, domain) >= logged
        }
        // Without receivers at the end, one that had gone before may have confirmed what nobody else has.
        let isProven = level > 0 && last.semiSyncReplicas <= level
        return Verdict(
            .provenComplete, of: candidate.host, unless: isProven ? nil : refusal,
            seen:
                "no answer from \(names); \(last.semiSyncReplicas) sent receipts at the end, \(level) of those"
                + " that answer have all that was logged then")
    }

    /// Whether a candidate can execute what it has received, which nobody else may have.
    ///
    /// Its connection is not started for that: a start with both threads stopped throws the relay log away.
    package static func executes(_ candidate: Candidate, in snapshot: SiteSnapshot) -> Verdict {
        let rest = candidate.stored - candidate.applied
        let link = snapshot.reports[candidate.host]?.server.links.first(where: \.isLocal)
        let stands = rest > 0 && link?.applying == false
        return Verdict(
            .executesRest, of: candidate.host,
            unless: stands ? .standing(candidate.host, rest: rest, error: link?.errorText ?? "") : nil,
            seen: rest == 0 ? "all executed" : "\(rest) to execute, its applier \(stands ? "stands" : "runs")"
        )
    }

    /// Whether every replica that has told of more than the candidate has still says what it holds.
    /// - Parameters:
    ///   - answering: replicas that have told their positions after they stopped receiving.
    ///   - heard: hosts that say now what they hold.
    package static func stillTold(
        _ candidate: Candidate, by answering: [HostName], heard: [HostName], in snapshot: SiteSnapshot
    ) -> Verdict {
        for host in answering where host != candidate.host && !heard.contains(host) {
            guard let server = snapshot.reports[host]?.server else { continue }
            let told = stored(server, snapshot.shape.domain)
            guard told > candidate.stored else { continue }
            return Verdict(
                .provenComplete, of: candidate.host,
                unless: .fellSilent(host, more: told - candidate.stored, than: candidate.host),
                seen: "\(host) had received \(told), and is silent")
        }
        return Verdict(.provenComplete, of: candidate.host, true, seen: "nobody who has more is silent")
    }

    private static func stored(_ server: ServerReport, _ domain: UInt32) -> UInt64 {
        let received = server.links.first(where: \.isLocal)?.received.sequence(of: domain) ?? 0
        return max(server.executed.sequence(of: domain), received)
    }
}

extension SiteSnapshot {
    /// The same with every FAILED replica taken for an ONLINE one; whether its server serves is asked all the same.
    fileprivate func acceptingFailed() -> SiteSnapshot {
        var copy = self
        for host in replicas where record(of: host).state == .failed {
            copy.records.dataSources[host]?.state = .online
        }
        return copy
    }
}
