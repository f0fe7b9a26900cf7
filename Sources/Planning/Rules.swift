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
        snapshot.shape.hosts.compactMap { change(of: $0, in: snapshot, now: now) }
    }

    /// Replicators that AUTOMATIC brings back: held on a data source that is not set aside.
    package static func replicatorsToStart(in snapshot: SiteSnapshot, heldFor: (HostName) -> Double)
        -> [HostName]
    {
        snapshot.replicas.filter {
            verdicts(startingReplicatorOf: $0, in: snapshot, heldFor: heldFor($0)).allHold
        }
    }

    private static func change(of host: HostName, in snapshot: SiteSnapshot, now: WallTime) -> Change? {
        let record = snapshot.record(of: host)
        guard record.state != .shunned else {
            return damped(host, verdicts(rejoining: host, in: snapshot, now: now), in: snapshot, now: now)
        }
        // A lost manager alone is no failed server: then it counts what is seen over the network.
        let state = snapshot.serverState(of: host)
        if verdicts(failing: host, in: snapshot).allHold {
            // A server that first hung and then ended: the reason says what is.
            let isNew = record.state != .failed
            let isOther =
                record.reason.hasPrefix(reasonPrefix) && record.reason != reason(host, state, snapshot)
            if isNew || isOther { return failed(host, record, state, snapshot, now) }
        }
        guard record.state != .online else { return nil }
        let verdicts = verdicts(returning: host, in: snapshot, now: now)
        guard verdicts.allHold else { return damped(host, verdicts, in: snapshot, now: now) }
        var back = DataSourceRecord(role: record.role, state: .online, changedAt: now)
        if record.state == .failed { back.returns = returns(of: record, and: now) }
        return Change(
            host: host, record: back,
            why: record.state == .offline
                ? "\(host) is ONLINE again: policy AUTOMATIC" : "\(host) is ONLINE again: its server serves")
    }

    /// How reasons begin that the rules have given, and so may take back.
    static let reasonPrefix = "DATASERVER "

    private static func reason(_ host: HostName, _ state: ComponentState, _ snapshot: SiteSnapshot) -> String
    {
        "\(reasonPrefix)'\(host)@\(snapshot.shape.name)' \(state.rawValue)"
    }

    private static func failed(
        _ host: HostName, _ record: DataSourceRecord, _ state: ComponentState, _ snapshot: SiteSnapshot,
        _ now: WallTime
    ) -> Change {
        let reason = reason(host, state, snapshot)
        let problem = snapshot.reports[host]?.server.problem
        var failed = DataSourceRecord(role: record.role, state: .failed, reason: reason, changedAt: now)
        failed.returns = record.returns
        return Change(
            host: host, record: failed,
            why: "\(host) FAILED: \(problem ?? reason)")
    }

    /// Whether a returned server has its place again: the primary takes writes, a replica follows.
    static func ready(_ host: HostName, _ server: ServerReport, in snapshot: SiteSnapshot) -> Bool {
        if host == snapshot.primary { return !server.readOnly }
        return server.links.contains { $0.isLocal && $0.state == .online }
    }
}
