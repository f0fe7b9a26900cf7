import ClusterModel

/// What must hold for each thing that the managers do by themselves.
extension Rules {
    /// A data source becomes FAILED when all of these hold.
    package static func verdicts(failing host: HostName, in snapshot: SiteSnapshot) -> [Verdict] {
        let state = snapshot.serverState(of: host)
        return [
            Verdict(
                .rulesActive, snapshot.records.policy.policy != .maintenance,
                seen: snapshot.records.policy.policy.rawValue, since: snapshot.records.policy.changedAt),
            snapshot.noOperation(),
            Verdict(
                .serverGone, of: host, state != .online && state != .unknown,
                seen: snapshot.serverText(of: host),
                since: snapshot.reports[host]?.server.changedAt ?? snapshot.lost[host]),
        ]
    }

    /// The managers fail over by themselves when all of these hold.
    package static func verdicts(failingOverIn snapshot: SiteSnapshot, now: WallTime) -> [Verdict] {
        var verdicts = byAutomatic(snapshot) + [snapshot.hasPrimary()]
        guard let primary = snapshot.primary else { return verdicts }
        let record = snapshot.record(of: primary)
        let state = snapshot.serverState(of: primary)
        verdicts += [
            Verdict(
                .primaryFailed, of: primary, record.state == .failed, seen: snapshot.stateText(of: primary),
                since: record.changedAt),
            Verdict(
                .failedByRule, of: primary, record.reason.hasPrefix(reasonPrefix),
                seen: record.reason.isEmpty ? "no reason" : record.reason, since: record.changedAt),
            Verdict(
                .serverGone, of: primary, state != .online && state != .unknown,
                seen: snapshot.serverText(of: primary)),
            FailoverPlanner.closed(primary, in: snapshot), FailoverPlanner.hasCopies(primary, in: snapshot),
        ]
        return verdicts + [FailoverPlanner.someCandidate(in: snapshot), rested(in: snapshot, now: now)]
    }

    /// A data source that is OFFLINE or FAILED comes back ONLINE when all of these hold.
    package static func verdicts(
        returning host: HostName, in snapshot: SiteSnapshot, now: WallTime
    ) -> [Verdict] {
        let record = snapshot.record(of: host)
        let server = snapshot.reports[host]?.server
        var verdicts =
            byAutomatic(snapshot) + [
                Verdict(
                    .notShunned, of: host, record.state != .shunned, seen: snapshot.stateText(of: host),
                    since: record.changedAt),
                snapshot.managerAnswers(host, unless: nil),
                Verdict(
                    .serverServes, of: host, server?.state == .online, seen: snapshot.serverText(of: host),
                    since: server?.changedAt),
            ]
        let age = now.seconds(since: record.changedAt)
        switch record.state {
        case .online, .shunned: break
        case .offline: verdicts.append(settled(host, age))
        case .failed:
            verdicts.append(
                Verdict(
                    .failedByRule, of: host,
                    record.reason.hasPrefix(reasonPrefix) || record.reason.hasPrefix(flapping),
                    seen: record.reason, since: record.changedAt))
            guard let server else { break }
            verdicts.append(
                Verdict(
                    .inPlace, of: host, ready(host, server, in: snapshot),
                    seen: place(of: server, isPrimary: host == snapshot.primary), since: server.changedAt))
            // A primary that serves again, and that nobody has replaced, is better than none.
            if host != snapshot.primary { verdicts.append(steady(host, in: snapshot, now: now)) }
        }
        return verdicts
    }

    /// A held replicator is started again when all of these hold.
    /// - Parameter heldFor: seconds.
    package static func verdicts(
        startingReplicatorOf host: HostName, in snapshot: SiteSnapshot, heldFor: Double
    ) -> [Verdict] {
        let record = snapshot.record(of: host)
        let wanted = snapshot.records.replicators[host] ?? .online
        return byAutomatic(snapshot) + [
            Verdict(
                .replicatorHeld, of: host, wanted == .offline,
                seen: wanted == .offline ? "wanted OFFLINE" : "wanted ONLINE"),
            Verdict(
                .notShunned, of: host, record.state != .shunned, seen: snapshot.stateText(of: host),
                since: record.changedAt),
            settled(host, heldFor),
        ]
    }

    private static func byAutomatic(_ snapshot: SiteSnapshot) -> [Verdict] {
        let policy = snapshot.records.policy
        return [
            Verdict(
                .policyAutomatic, policy.policy == .automatic, seen: policy.policy.rawValue,
                since: policy.changedAt),
            snapshot.noOperation(),
        ]
    }

    private static func settled(_ host: HostName, _ age: Double) -> Verdict {
        // Far in the future is a command under a clock that was wrong, here or there: nobody waits for that hour.
        Verdict(
            .settled, of: host, age >= settleSeconds || age <= -settleSeconds,
            seen: "\((max(0, age) * 10).rounded() / 10) s")
    }

    private static func place(of server: ServerReport, isPrimary: Bool) -> String {
        if isPrimary { return server.readOnly ? "takes no writes" : "takes writes" }
        guard let link = server.links.first(where: \.isLocal) else { return "no replicator" }
        return "replicator \(link.state.rawValue)" + (link.errorText.isEmpty ? "" : ": \(link.errorText)")
    }
}
