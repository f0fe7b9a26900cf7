import ClusterModel

/// What the coordinator changes by itself, judged from one snapshot at a time.
package enum Rules {
    /// A change of one data source's record.
    package struct Change: Hashable, Sendable {
        package var host: HostName
        package var record: DataSourceRecord
        /// The diary's sentence.
        package var why: String
    }

    /// How long AUTOMATIC leaves an OFFLINE data source or a held replicator alone, in seconds (facts 3.6: the
    /// monitor's interval), so that an operator sees the effect of the command before it is undone.
    package static let settleSeconds = 3.0

    package static func changes(in snapshot: SiteSnapshot, now: WallTime) -> [Change] {
        guard snapshot.operation == nil, snapshot.policy != .maintenance else { return [] }
        return snapshot.shape.hosts.compactMap { change(of: $0, in: snapshot, now: now) }
    }

    /// Replicators that AUTOMATIC brings back: held on a data source that is not set aside.
    package static func replicatorsToStart(in snapshot: SiteSnapshot, heldFor: (HostName) -> Double)
        -> [HostName]
    {
        guard snapshot.operation == nil, snapshot.policy == .automatic else { return [] }
        return snapshot.replicas.filter { host in
            snapshot.records.replicators[host] == .offline && snapshot.record(of: host).state != .shunned
                && heldFor(host) >= settleSeconds
        }
    }

    private static func change(of host: HostName, in snapshot: SiteSnapshot, now: WallTime) -> Change? {
        let record = snapshot.record(of: host)
        // Without its manager nothing is known of a server; a lost manager alone is no failed server.
        guard let server = snapshot.reports[host]?.server else { return nil }
        let serves = server.state == .online
        switch record.state {
        case .shunned: return nil
        case .online, .offline:
            if !serves, server.state != .unknown {
                return failed(host, record, server, snapshot, now)
            }
            guard record.state == .offline, snapshot.policy == .automatic, serves,
                now.seconds(since: record.changedAt) >= settleSeconds
            else { return nil }
            return Change(
                host: host, record: DataSourceRecord(role: record.role, state: .online, changedAt: now),
                why: "\(host) is ONLINE again: policy AUTOMATIC")
        case .failed:
            // A server that first hung and then ended: the reason says what is.
            if !serves, server.state != .unknown, record.reason.hasPrefix(reasonPrefix),
                record.reason != reason(host, server, snapshot)
            {
                return failed(host, record, server, snapshot, now)
            }
            guard snapshot.policy == .automatic, serves, record.reason.hasPrefix(reasonPrefix),
                ready(host, server, in: snapshot)
            else { return nil }
            return Change(
                host: host, record: DataSourceRecord(role: record.role, state: .online, changedAt: now),
                why: "\(host) is ONLINE again: its server serves")
        }
    }

    /// How reasons begin that the rules have given, and so may take back.
    private static let reasonPrefix = "DATASERVER "

    private static func reason(_ host: HostName, _ server: ServerReport, _ snapshot: SiteSnapshot) -> String {
        "\(reasonPrefix)'\(host)@\(snapshot.shape.name)' \(server.state.rawValue)"
    }

    private static func failed(
        _ host: HostName, _ record: DataSourceRecord, _ server: ServerReport, _ snapshot: SiteSnapshot,
        _ now: WallTime
    ) -> Change {
        let reason = reason(host, server, snapshot)
        return Change(
            host: host,
            record: DataSourceRecord(role: record.role, state: .failed, reason: reason, changedAt: now),
            why: "\(host) FAILED: \(server.problem ?? reason)")
    }

    /// Whether a returned server has its place again: the primary takes writes, a replica follows.
    private static func ready(_ host: HostName, _ server: ServerReport, in snapshot: SiteSnapshot) -> Bool {
        if host == snapshot.primary { return !server.readOnly }
        return server.links.contains { $0.isLocal && $0.state == .online }
    }
}
