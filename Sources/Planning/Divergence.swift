import ClusterModel

/// How a server stands to the site's primary, judged by whole histories and not by the latest promotion alone.
///
/// Only the site's own domain counts: what another site wrote comes to the primary from there.
package enum Divergence: Hashable, Sendable {
    /// It has what the primary has, and nothing else.
    case clean
    /// It has nothing of its own, and lacks what came after `at`.
    case behind(at: GTID?)
    /// It logged transactions that the primary never had.
    case ahead(Tail)

    /// What a server has beyond the primary.
    package struct Tail: Hashable, Sendable {
        package var domain: UInt32
        /// The last transaction that both have; nil where they have none in common.
        package var after: GTID?
        /// The last transaction of each server whose writes here went farther than the primary knows.
        package var ends: [GTID]

        package init(domain: UInt32, after: GTID?, ends: [GTID]) {
            self.domain = domain
            self.after = after
            self.ends = ends
        }
    }

    /// - Parameters:
    ///   - own: the history of the server that is judged, taken before the primary's: it may follow the primary.
    ///   - primary: the primary's history, with what its other replicas know of the time before its log began.
    package init(of own: GTIDHistory, to primary: GTIDHistory, domain: UInt32) {
        var common: GTID?
        var ends: [GTID] = []
        for gtid in own.gtids where gtid.domain == domain {
            let known = primary.last(domain, by: gtid.server)
            if known.map({ $0 < gtid.sequence }) ?? true { ends.append(gtid) }
            guard let known else { continue }
            let shared = GTID(domain: domain, server: gtid.server, sequence: min(known, gtid.sequence))
            if shared.sequence > common?.sequence ?? 0 { common = shared }
        }
        if !ends.isEmpty {
            ends.sort { $0.sequence < $1.sequence }
            self = .ahead(Tail(domain: domain, after: common, ends: ends))
        } else if own.position.sequence(of: domain) < primary.position.sequence(of: domain) {
            self = .behind(at: own.position.last[domain])
        } else {
            self = .clean
        }
    }

    /// Whether it may follow the primary as it is.
    package var hasNothingOfItsOwn: Bool {
        if case .ahead = self { return false }
        return true
    }
}

extension Divergence.Tail {
    /// Whether a transaction of the server's log is one of these.
    package func contains(_ gtid: GTID) -> Bool {
        gtid.domain == domain && gtid.sequence > after?.sequence ?? 0
    }

    /// Hosts that have all of it, by what each holds of the domain.
    package func holders(in held: [HostName: GTIDPosition]) -> [HostName] {
        held.filter { _, position in
            guard let last = position.last[domain], let end = ends.last else { return false }
            return last.server == end.server && last.sequence >= end.sequence
        }
        .keys.sorted()
    }

    package var description: String {
        let names = ends.map(\.description).joined(separator: ", ")
        return "up to \(names)" + (after.map { " after \($0)" } ?? "")
    }
}

extension SiteSnapshot {
    /// How a host's server stands to the primary by their newest reports; nil where one of them says nothing.
    ///
    /// For a server that follows nobody, as a fenced one does, that is exact as soon as the primary's report is newer.
    package func divergence(of host: HostName) -> Divergence? {
        guard let primary, host != primary, let own = reports[host]?.server, own.state == .online,
            let past = own.history, let lineage
        else { return nil }
        return Divergence(of: past, to: lineage, domain: shape.domain)
    }

    /// The primary's history, completed by what those who follow it know; nil while it says nothing.
    package var lineage: GTIDHistory? {
        guard let primary, let server = reports[primary]?.server, server.state == .online,
            var lineage = server.history
        else { return nil }
        // A log that is younger than its data: the position at least is known.
        lineage = lineage.filled(
            from: GTIDHistory(server.executed.last.values.sorted { $0.domain < $1.domain }))
        for host in replicas {
            guard let replica = reports[host]?.server, replica.state == .online, let past = replica.history,
                replica.links.contains(where: {
                    $0.isLocal && $0.state == .online && $0.sourceHost == primary.description
                })
            else { continue }
            lineage = lineage.filled(from: past)
        }
        return lineage
    }
}
