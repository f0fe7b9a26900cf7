import ClusterModel

/// Decides how a data source becomes a working replica again; touches nothing.
package enum RejoinPlanner {
    /// What is to be done.
    package enum Way: Hashable, Sendable {
        /// It has nothing of its own: it follows the primary, from where it stands.
        case follow
        /// Its data is replaced by a copy of another server's.
        case copy(Reason)
    }

    /// Why following is no way.
    package enum Reason: Hashable, Sendable {
        /// It holds transactions that the primary never had.
        case ahead(Divergence.Tail)
        /// The source does not have, or not any more, what it would have to send; the server's own sentence.
        case refused(String)
        /// An operator wants it.
        case asked
    }

    /// MariaDB's error for a position from which a source cannot or must not send.
    package static let fatalReadError = 1236

    /// - Parameter error: what the connection to the primary has just met; nil where it was not tried yet.
    package static func way(_ divergence: Divergence, after error: LinkReport? = nil) -> Way {
        if case .ahead(let tail) = divergence { return .copy(.ahead(tail)) }
        if let error, error.receiveError == fatalReadError { return .copy(.refused(error.errorText)) }
        return .follow
    }

    // MARK: donor

    /// The server to copy from.
    ///
    /// An ONLINE replica that follows the primary, the one with the least lag; the primary only where there is none.
    /// - Parameters:
    ///   - named: the operator's choice, which may be the primary.
    ///   - target: the host whose data is to be replaced.
    package static func donor(
        _ named: HostName?, for target: HostName, in snapshot: SiteSnapshot
    ) throws(PlanRefusal) -> HostName {
        var objections: [HostName: CandidateObjection] = [:]
        for host in snapshot.shape.hosts where host != target {
            objections[host] = objection(to: host, in: snapshot)
        }
        if let named {
            guard snapshot.shape.hosts.contains(named) else { throw snapshot.unknown(named) }
            guard named != target else { throw .notDonor(named, nil) }
            if let objection = objections[named] { throw .notDonor(named, objection) }
            return named
        }
        let usable = snapshot.shape.hosts.filter { $0 != target && objections[$0] == nil }
        func lag(_ host: HostName) -> Double { snapshot.reports[host]?.server.latency ?? .infinity }
        // Of two that are equal the one that is configured first.
        let replicas = usable.filter { $0 != snapshot.primary }
        let best = replicas.reduce(nil as HostName?) { best, host in
            guard let best else { return host }
            return lag(host) < lag(best) ? host : best
        }
        guard let donor = best ?? usable.first else { throw .noDonor(objections) }
        return donor
    }

    private static func objection(to host: HostName, in snapshot: SiteSnapshot) -> CandidateObjection? {
        guard host == snapshot.primary else {
            return CandidateRanking.objection(to: host, in: snapshot, needsLink: true)
        }
        let record = snapshot.record(of: host)
        guard let server = snapshot.reports[host]?.server else { return .managerStopped }
        guard record.state == .online else { return .state(record.state, reason: record.reason) }
        return server.state == .online ? nil : .server(server.state)
    }
}

extension Rules {
    /// An old primary is made a replica again without an operator when all of these hold.
    package static func verdicts(
        rejoining host: HostName, in snapshot: SiteSnapshot, now: WallTime
    ) -> [Verdict] {
        let record = snapshot.record(of: host)
        let policy = snapshot.records.policy
        let report = snapshot.reports[host]?.server
        let divergence = snapshot.divergence(of: host)
        return [
            Verdict(
                .policyAutomatic, policy.policy == .automatic, seen: policy.policy.rawValue,
                since: policy.changedAt),
            snapshot.noOperation(), snapshot.hasPrimary(),
            Verdict(
                .failedOver, of: host,
                record.role == .primary && host != snapshot.primary && record.state == .shunned
                    && record.reason.hasPrefix(failedOver),
                seen: "\(record.role.rawValue):\(snapshot.stateText(of: host))", since: record.changedAt),
            snapshot.managerAnswers(host, unless: nil),
            Verdict(
                .serverServes, of: host, report?.state == .online, seen: snapshot.serverText(of: host),
                since: report?.changedAt),
            Verdict(
                .nothingDiverged, of: host, divergence?.hasNothingOfItsOwn ?? false,
                seen: text(divergence), since: report?.changedAt),
            steady(host, in: snapshot, now: now),
        ]
    }

    /// How the reason of a primary begins that was replaced without its help.
    package static let failedOver = "FAILED-OVER-TO-"

    private static func text(_ divergence: Divergence?) -> String {
        switch divergence {
        case nil: "not known"
        case .clean: "it has what the primary has"
        case .behind(let gtid): "it stands at \(gtid?.description ?? "the beginning")"
        case .ahead(let tail): "transactions of its own: \(tail.description)"
        }
    }
}
