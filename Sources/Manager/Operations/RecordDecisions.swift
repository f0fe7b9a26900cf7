import AdminProtocol
import ClusterModel
import Planning

/// What a command changes in the site's records, or why it must not; nothing is changed here.
extension Coordinator {
    /// Why a data source is shunned where an operator said so.
    private static let byHand = "MANUALLY-SHUNNED"

    func decide(_ call: SetPolicyCall) -> RecordChange {
        RecordChange(
            command: "set policy \(call.policy.rawValue.lowercased())",
            edits: [.policy(PolicyRecord(policy: call.policy, changedAt: .now))],
            lines: ["policy mode is now \(call.policy.rawValue)"], besideOperations: true)
    }

    func decide(_ call: ChangeDataSourceCall) throws(Refusal) -> RecordChange {
        let host = try known(call.name)
        let snapshot = board.snapshot
        let record = snapshot.record(of: host)
        let command = CommandText.of("datasource \(host) \(call.verb.rawValue)", force: call.force)
        func change(_ state: DataSourceState, reason: String = "", _ lines: String...) -> RecordChange {
            let changed = DataSourceRecord(role: record.role, state: state, reason: reason, changedAt: .now)
            return RecordChange(command: command, edits: [.dataSource(host, changed)], lines: lines)
        }
        switch call.verb {
        case .shun:
            try refusePrimary(host, "shunned", force: call.force)
            return change(.shunned, reason: Self.byHand, "DataSource '\(host)' set to SHUNNED")
        case .fail:
            return change(.failed, reason: "MANUALLY-FAILED", "DataSource '\(host)' set to FAILED")
        case .offline:
            try refusePrimary(host, "taken offline", force: call.force)
            var change = change(.offline, "DataSource '\(host)' is now OFFLINE")
            if snapshot.policy == .automatic {
                change.lines.append(
                    "NOTE: policy AUTOMATIC brings it back ONLINE; 'datasource \(host) shun' keeps it away")
            }
            return change
        case .online:
            guard record.state != .online else {
                return RecordChange(
                    command: command, edits: [], lines: ["DataSource '\(host)' is already ONLINE"])
            }
            // What an operator has shunned an operator puts back, in one step: `welcome` would do no more.
            let isByHand =
                record.state == .shunned && record.reason == Self.byHand && record.role == .replica
            guard record.state == .offline || isByHand || call.force else {
                throw Refusal(
                    .wrongState,
                    "'\(host)' is \(record.state.rawValue)(\(record.reason)), not OFFLINE; nothing was changed",
                    hint: "datasource \(host) recover")
            }
            try refuseOldPrimary(host, record, snapshot)
            return change(.online, "DataSource '\(host)@\(board.shape.name)' is now ONLINE")
        case .welcome:
            try refuseWelcome(host, record, snapshot, force: call.force)
            let state: DataSourceState = snapshot.policy == .automatic ? .online : .offline
            return change(state, "DataSource '\(host)' is now \(state.rawValue)")
        case .recover:
            // Runs as an operation, by the request router.
            throw Refusal(.internalError, "recover is an operation")
        }
    }

    func decide(_ call: ChangeReplicatorCall) throws(Refusal) -> RecordChange {
        let host = try known(call.name)
        if host == board.snapshot.primary, call.wanted == .offline,
            board.snapshot.record(of: host).state == .shunned
        {
            return RecordChange(
                command: "replicator \(host) offline", edits: [],
                lines: [
                    "NOTE: '\(host)' is a shunned primary: it follows nobody, so nothing had to be stopped"
                ])
        }
        guard host != board.snapshot.primary else {
            throw Refusal(
                .wrongState,
                "'\(host)' is the primary: it has no replicator inside the site; nothing was changed",
                hint: "replicator <replica> \(call.wanted == .online ? "online" : "offline")")
        }
        guard board.snapshot.reports[host] != nil else {
            throw Refusal(
                .hostUnreachable, "the manager of '\(host)' does not answer; nothing was changed",
                hint: "members")
        }
        return RecordChange(
            command: "replicator \(host) \(call.wanted.rawValue.lowercased())",
            edits: [.replicator(host, call.wanted)],
            lines: ["Replicator '\(host)' is now \(call.wanted.rawValue)"])
    }

    func decide(_ call: ChangeRouterCall) throws(Refusal) -> RecordChange {
        let routers = board.shape.routers
        if let host = call.host, !routers.contains(host) {
            throw Refusal(
                .noSuchRouter, "there is no router 'connector@\(host)' in this site; nothing was changed",
                // Not with '*': whoever mistypes a name would turn off every router.
                hint: "routers: \(routers.sorted().map(\.description).joined(separator: ", "))")
        }
        let targets = call.host.map { [$0] } ?? routers
        return RecordChange(
            command: "router \(call.host?.description ?? "*") \(call.wanted.rawValue.lowercased())",
            edits: targets.map { .router($0, call.wanted) },
            lines: targets.sorted().map { "Router 'connector@\($0)' is now \(call.wanted.rawValue)" })
    }

    // MARK: what stands in the way

    func refusePrimary(_ host: HostName, _ what: String, force: Bool) throws(Refusal) {
        guard host == board.snapshot.primary, !force else { return }
        throw Refusal(
            .forceNeeded,
            "'\(host)' is the primary: if it is \(what), that takes all writes away; nothing was changed",
            hint: "switch first; or: set force true, and the same command again")
    }

    private func refuseWelcome(
        _ host: HostName, _ record: DataSourceRecord, _ snapshot: SiteSnapshot, force: Bool
    ) throws(Refusal) {
        guard record.state == .shunned else {
            throw Refusal(
                .wrongState, "'\(host)' is \(record.state.rawValue), not SHUNNED; nothing was changed",
                hint: "ls")
        }
        if record.role == .primary, !force {
            let end = host == snapshot.primary ? "brings it back as the primary" : "makes it a replica"
            throw Refusal(
                .forceNeeded,
                "'\(host)' was shunned as a primary (\(record.reason)); nothing was changed",
                hint: "datasource \(host) recover \(end); or: set force true; datasource \(host) welcome")
        }
        try refuseOldPrimary(host, record, snapshot)
    }

    /// An old primary may come back as it is only in place of nobody.
    private func refuseOldPrimary(
        _ host: HostName, _ record: DataSourceRecord, _ snapshot: SiteSnapshot
    ) throws(Refusal) {
        guard record.role == .primary, let primary = snapshot.primary, primary != host else { return }
        throw Refusal(
            .wrongState,
            "'\(host)' is an old primary, and '\(primary)' is the primary now; nothing was changed",
            hint: "datasource \(host) recover")
    }
}
