import AdminProtocol
import ClusterModel
import Planning
import WorkLoop

/// Commands that change records; the agents of the hosts do what the record says, and the command waits for it.
extension Coordinator {
    func setPolicy(_ call: SetPolicyCall, by author: String) async throws(Refusal) -> Outcome {
        let change = decide(call)
        return Outcome(lines: change.lines, operation: try await make(change, by: author))
    }

    func changeDataSource(_ call: ChangeDataSourceCall, by author: String) async throws(Refusal) -> Outcome {
        let change = try decide(call)
        guard let entry = try await make(change, by: author) else { return Outcome(lines: change.lines) }
        return try await routed(call.name, change.lines, entry)
    }

    func changeReplicator(_ call: ChangeReplicatorCall, by author: String) async throws(Refusal) -> Outcome {
        let host = call.name
        let change = try decide(call)
        let entry = try await make(change, by: author)
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
        var lines = change.lines
        if call.wanted == .offline, board.snapshot.policy == .automatic,
            board.snapshot.record(of: host).state != .shunned
        {
            lines.append(
                "NOTE: policy AUTOMATIC brings it back ONLINE; 'datasource \(host) shun' first, or 'set policy"
                    + " maintenance', keeps it OFFLINE")
        }
        return Outcome(lines: lines, operation: entry)
    }

    func changeRouter(_ call: ChangeRouterCall, by author: String) async throws(Refusal) -> Outcome {
        let targets = call.host.map { [$0] } ?? board.shape.routers
        let entry = try await make(try decide(call), by: author)
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
        return Outcome(lines: lines, complete: complete, operation: entry)
    }

    // MARK: common parts

    func known(_ name: HostName) throws(Refusal) -> HostName {
        guard board.shape.hosts.contains(name) else {
            throw RefusalText.refusal(board.snapshot.unknown(name))
        }
        return name
    }

    /// Waits until every router that answers has followed, so that the command's effect is there when it returns.
    private func routed(
        _ host: HostName, _ lines: [String], _ entry: String
    ) async throws(Refusal) -> Outcome {
        guard await followed(by: .seconds(3)) else {
            return Outcome(
                lines: lines + ["FOLLOW-UP: not every router has followed within 3 s; 'ls' shows them"],
                complete: false, operation: entry)
        }
        return Outcome(lines: lines, operation: entry)
    }

    /// Waits until every router that answers is where the records want it.
    func followed(by limit: Duration) async -> Bool {
        await wait(limit) { snapshot in
            snapshot.shape.routers.allSatisfy { router in
                guard let report = snapshot.reports[router]?.router, report.state != .stopped else {
                    return true
                }
                let goal = snapshot.routerGoal(for: router)
                return report.writesTo == [goal.write].compactMap { $0 }
                    && Set(report.readsFrom) == Set(goal.read)
            }
        }
    }

    /// - Returns: whether `condition` came to hold before `limit`.
    func wait(_ limit: Duration, until condition: (SiteSnapshot) -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !condition(board.snapshot) {
            guard ContinuousClock.now < deadline else { return false }
            guard (try? await Task.sleep(for: .milliseconds(30), clock: .loop)) != nil else { return false }
        }
        return true
    }
}
