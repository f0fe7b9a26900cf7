import AdminProtocol
import ClusterModel
import Planning

/// Commands that change one record; the agents of the hosts do what the record says, and the command waits for it.
extension Coordinator {
    func setPolicy(_ call: SetPolicyCall) async throws(Refusal) -> Outcome {
        try await commit([try write(.policy, PolicyRecord(policy: call.policy, changedAt: .now))])
        return Outcome(lines: ["policy mode is now \(call.policy.rawValue)"])
    }

    func changeDataSource(_ call: ChangeDataSourceCall) async throws(Refusal) -> Outcome {
        let host = try known(call.name)
        let snapshot = board.snapshot
        let record = snapshot.record(of: host)
        let isPrimary = host == snapshot.primary
        switch call.verb {
        case .shun:
            if isPrimary, !call.force { throw primaryNeedsForce(host, "shunned", "takes all writes away") }
            try await set(host, record, .shunned, reason: "MANUALLY-SHUNNED")
            return try await routed(host, ["DataSource '\(host)' set to SHUNNED"])
        case .fail:
            try await set(host, record, .failed, reason: "MANUALLY-FAILED")
            return try await routed(host, ["DataSource '\(host)' set to FAILED"])
        case .offline:
            if isPrimary, !call.force {
                throw primaryNeedsForce(host, "taken offline", "takes all writes away")
            }
            try await set(host, record, .offline)
            var lines = ["DataSource '\(host)' is now OFFLINE"]
            if snapshot.policy == .automatic {
                lines.append(
                    "NOTE: policy AUTOMATIC brings it back ONLINE; 'datasource \(host) shun' keeps it away")
            }
            return try await routed(host, lines)
        case .online:
            guard record.state != .online else {
                return Outcome(lines: ["DataSource '\(host)' is already ONLINE"])
            }
            guard record.state == .offline || call.force else {
                throw Refusal(
                    .wrongState,
                    "'\(host)' is \(record.state.rawValue)(\(record.reason)), not OFFLINE; nothing was changed",
                    hint: "datasource \(host) recover")
            }
            try refuseOldPrimary(host, record, snapshot)
            try await set(host, record, .online)
            return try await routed(host, ["DataSource '\(host)@\(board.shape.name)' is now ONLINE"])
        case .welcome:
            guard record.state == .shunned else {
                throw Refusal(
                    .wrongState, "'\(host)' is \(record.state.rawValue), not SHUNNED; nothing was changed",
                    hint: "ls")
            }
            if record.role == .primary, !call.force {
                throw Refusal(
                    .forceNeeded,
                    "'\(host)' was shunned as a primary (\(record.reason)); nothing was changed",
                    hint:
                        "datasource \(host) recover makes it a replica; or: set force true; datasource \(host) welcome"
                )
            }
            try refuseOldPrimary(host, record, snapshot)
            let state: DataSourceState = snapshot.policy == .automatic ? .online : .offline
            try await set(host, record, state)
            return try await routed(host, ["DataSource '\(host)' is now \(state.rawValue)"])
        case .recover:
            // Runs as an operation, by the request router.
            throw Refusal(.internalError, "recover is an operation")
        }
    }

    func changeReplicator(_ call: ChangeReplicatorCall) async throws(Refusal) -> Outcome {
        let host = try known(call.name)
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
        try await commit([try write(.replicator(host), call.wanted)], absent: [.operation])
        if call.wanted == .online {
            // An operator's word starts a replicator again that an error has stopped.
            _ = try await act(.startLinks, on: host, operation: "")
        }
        let reached = await wait(.seconds(5)) { snapshot in
            let link = snapshot.reports[host]?.server.links.first(where: \.isLocal)
            return call.wanted == .online
                ? link?.state == .online : link?.receiving != true && link?.applying != true
        }
        guard reached else {
            throw Refusal(
                .timedOut,
                "the replicator of '\(host)' is not \(call.wanted.rawValue) after 5 s; it is still wanted so",
                hint: "replicator \(host) status")
        }
        var lines = ["Replicator '\(host)' is now \(call.wanted.rawValue)"]
        if call.wanted == .offline, board.snapshot.policy == .automatic,
            board.snapshot.record(of: host).state != .shunned
        {
            lines.append(
                "NOTE: policy AUTOMATIC brings it back ONLINE; 'datasource \(host) shun' first, or 'set policy"
                    + " maintenance', keeps it OFFLINE")
        }
        return Outcome(lines: lines)
    }

    func changeRouter(_ call: ChangeRouterCall) async throws(Refusal) -> Outcome {
        let routers = board.shape.routers
        if let host = call.host, !routers.contains(host) {
            throw Refusal(
                .noSuchRouter, "there is no router 'connector@\(host)' in this site; nothing was changed",
                hint: "router * \(call.wanted == .online ? "online" : "offline")")
        }
        let targets = call.host.map { [$0] } ?? routers
        var writes: [StoreWrite] = []
        for host in targets { writes.append(try write(.router(host), call.wanted)) }
        try await commit(writes, absent: [.operation])
        let wanted: ComponentState = call.wanted == .online ? .online : .offline
        _ = await wait(.seconds(3)) { snapshot in
            targets.allSatisfy { snapshot.reports[$0]?.router.state == wanted }
        }
        let snapshot = board.snapshot
        var lines: [String] = []
        var complete = true
        for host in targets.sorted() {
            let state = snapshot.reports[host]?.router.state ?? .unknown
            if state == wanted {
                lines.append("Router 'connector@\(host)' is now \(wanted.rawValue)")
            } else {
                complete = false
                lines.append(
                    "FOLLOW-UP: router 'connector@\(host)' is \(state.rawValue); it becomes \(wanted.rawValue) as soon"
                        + " as it answers")
            }
        }
        return Outcome(lines: lines, complete: complete)
    }

    // MARK: common parts

    func known(_ name: HostName) throws(Refusal) -> HostName {
        guard board.shape.hosts.contains(name) else { throw RefusalText.refusal(.noSuchDataSource(name)) }
        return name
    }

    private func set(
        _ host: HostName, _ record: DataSourceRecord, _ state: DataSourceState, reason: String = ""
    ) async throws(Refusal) {
        try await commit(
            [
                try write(
                    .dataSource(host),
                    DataSourceRecord(role: record.role, state: state, reason: reason, changedAt: .now))
            ], absent: [.operation])
    }

    /// Waits until every router that answers has followed, so that the command's effect is there when it returns.
    private func routed(_ host: HostName, _ lines: [String]) async throws(Refusal) -> Outcome {
        let reached = await wait(.seconds(3)) { snapshot in
            snapshot.shape.routers.allSatisfy { router in
                guard let report = snapshot.reports[router]?.router, report.state != .stopped else {
                    return true
                }
                let goal = snapshot.routerGoal(for: router)
                return report.writesTo == [goal.write].compactMap { $0 }
                    && Set(report.readsFrom) == Set(goal.read)
            }
        }
        guard reached else {
            return Outcome(
                lines: lines + ["FOLLOW-UP: not every router has followed within 3 s; 'ls' shows them"],
                complete: false)
        }
        return Outcome(lines: lines)
    }

    /// - Returns: whether `condition` came to hold before `limit`.
    func wait(_ limit: Duration, until condition: (SiteSnapshot) -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !condition(board.snapshot) {
            guard ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(30))
        }
        return true
    }

    private func primaryNeedsForce(_ host: HostName, _ what: String, _ why: String) -> Refusal {
        Refusal(
            .forceNeeded, "'\(host)' is the primary: if it is \(what), that \(why); nothing was changed",
            hint: "switch first; or: set force true, and the same command again")
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
