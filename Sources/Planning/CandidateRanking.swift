import ClusterModel

/// A replica as a candidate for the primary role.
package struct Candidate: Hashable, Sendable {
    package var host: HostName
    /// Sequence number of the site's domain that it has received.
    package var stored: UInt64
    /// Sequence number of the site's domain that it has executed.
    package var applied: UInt64
    /// Seconds; -1 where unknown.
    package var latency: Double
}

/// Which replicas can become the primary, best first, and why the others cannot.
package struct CandidateRanking: Hashable, Sendable {
    package var candidates: [Candidate]
    package var objections: [HostName: CandidateObjection]

    /// Replicas more than this many seconds behind do not qualify (facts 3.7).
    package static let latencyLimit = 900.0

    /// - Parameter needsLink: whether the connection to the primary must work: for a switch, yes; for a failover
    ///   the source is gone.
    package init(_ snapshot: SiteSnapshot, needsLink: Bool) {
        var candidates: [Candidate] = []
        var objections: [HostName: CandidateObjection] = [:]
        for host in snapshot.replicas {
            if let objection = Self.objection(to: host, in: snapshot, needsLink: needsLink) {
                objections[host] = objection
            } else if let server = snapshot.reports[host]?.server {
                candidates.append(Self.candidate(host, server, domain: snapshot.shape.domain))
            }
        }
        let order = snapshot.shape.hosts
        candidates.sort { left, right in
            if left.stored != right.stored { return left.stored > right.stored }
            if left.applied != right.applied { return left.applied > right.applied }
            return (order.firstIndex(of: left.host) ?? 0) < (order.firstIndex(of: right.host) ?? 0)
        }
        self.candidates = candidates
        self.objections = objections
    }

    /// A replica's positions as a candidate.
    package static func candidate(_ host: HostName, _ server: ServerReport, domain: UInt32) -> Candidate {
        let applied = server.executed.sequence(of: domain)
        let received = server.links.first(where: \.isLocal)?.received.sequence(of: domain) ?? 0
        return Candidate(
            host: host, stored: max(applied, received), applied: applied, latency: server.latency ?? -1)
    }

    /// Why a replica does not qualify now; nil where it does.
    static func objection(
        to host: HostName, in snapshot: SiteSnapshot, needsLink: Bool
    ) -> CandidateObjection? {
        for verdict in verdicts(on: host, in: snapshot, needsLink: needsLink) {
            if case .notCandidate(_, let objection) = verdict.refusal { return objection }
        }
        return nil
    }

    /// What must hold for a replica to become the primary; the first rule that does not is the objection to it.
    ///
    /// Without a report there is nothing to say of the server.
    package static func verdicts(
        on host: HostName, in snapshot: SiteSnapshot, needsLink: Bool
    ) -> [Verdict] {
        let record = snapshot.record(of: host)
        let report = snapshot.reports[host]
        func rule(
            _ rule: Rule, _ objection: CandidateObjection?, _ seen: String, _ since: WallTime? = nil
        ) -> Verdict {
            Verdict(
                rule, of: host, unless: objection.map { .notCandidate(host, $0) }, seen: seen,
                since: since ?? report?.server.changedAt)
        }
        var verdicts = [
            snapshot.managerAnswers(host, unless: .notCandidate(host, .managerStopped)),
            rule(
                .onlineReplica,
                record.state == .online && record.role == .replica
                    ? nil : .state(record.state, reason: record.reason),
                "\(record.role.rawValue):\(snapshot.stateText(of: host))", record.changedAt),
        ]
        guard let server = report?.server else { return verdicts }
        verdicts.append(
            rule(
                .serverServes, server.state == .online ? nil : .server(server.state),
                snapshot.serverText(of: host)))
        let full = report?.fullServerDisk
        verdicts.append(
            Verdict(
                .roomOnDisk, of: host, unless: full.map { .notCandidate(host, .diskFull($0.path)) },
                seen: full.map { "\($0.free >> 20) MiB free at \($0.path)" } ?? "enough"))
        if needsLink {
            let link = server.links.first(where: \.isLocal)
            verdicts.append(
                rule(
                    .replicates, link == nil ? .replicatorMissing : nil, link == nil ? "no connection" : "yes"
                ))
            if let link {
                let text = link.errorText.isEmpty ? "" : ": \(link.errorText)"
                let source = HostName(link.sourceHost)
                verdicts += [
                    rule(
                        .replicatorOnline,
                        link.state == .online ? nil : .replicator(link.state, error: link.errorText),
                        link.state.rawValue + text),
                    rule(
                        .followsPrimary, source == snapshot.primary ? nil : .wrongSource(source),
                        link.sourceHost),
                ]
            }
        }
        let isLate = server.latency.map { $0 > latencyLimit } ?? false
        verdicts.append(
            Verdict(
                .nearEnough, of: host,
                unless: isLate
                    ? .notCandidate(host, .latency(seconds: server.latency ?? 0, limit: latencyLimit)) : nil,
                seen: server.latency.map { "\(thousandths($0)) s behind" } ?? "not measured"))
        return verdicts
    }

    /// Three decimals.
    private static func thousandths(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
