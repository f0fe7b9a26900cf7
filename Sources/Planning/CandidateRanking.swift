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

    private static func objection(
        to host: HostName, in snapshot: SiteSnapshot, needsLink: Bool
    ) -> CandidateObjection? {
        guard let report = snapshot.reports[host] else { return .managerStopped }
        let record = snapshot.record(of: host)
        guard record.state == .online, record.role == .replica else {
            return .state(record.state, reason: record.reason)
        }
        guard report.server.state == .online else { return .server(report.server.state) }
        if needsLink {
            guard let link = report.server.links.first(where: \.isLocal) else { return .replicatorMissing }
            guard link.state == .online else { return .replicator(link.state, error: link.errorText) }
            guard HostName(link.sourceHost) == snapshot.primary else {
                return .wrongSource(HostName(link.sourceHost))
            }
        }
        if let latency = report.server.latency, latency > latencyLimit {
            return .latency(seconds: latency, limit: latencyLimit)
        }
        return nil
    }
}
