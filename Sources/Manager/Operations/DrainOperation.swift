import AdminProtocol
import ClusterModel
import Planning

/// `datasource <ds> drain [seconds]`: the record alone tells the routers; then the sessions are waited for.
extension Coordinator {
    /// Seconds that a drain without a time waits for sessions.
    private static let patience = 60

    func decide(_ call: DrainCall) throws(Refusal) -> RecordChange {
        let host = try known(call.name)
        let snapshot = board.snapshot
        let record = snapshot.record(of: host)
        guard (1...86_400).contains(call.seconds ?? 1) else {
            throw Refusal(
                .badArgument, "a drain takes 1 to 86400 seconds; nothing was changed",
                hint: "datasource \(host) drain 30")
        }
        try refusePrimary(host, "drained", force: call.force)
        var change = RecordChange(
            command: CommandText.of(
                "datasource \(host) drain" + (call.seconds.map { " \($0)" } ?? ""), force: call.force),
            edits: [],
            lines: ["DataSource '\(host)' set to SHUNNED(\(DataSourceRecord.drained))"])
        switch record.state {
        case .shunned where record.isDraining: break
        case .online, .offline:
            let drained = DataSourceRecord(
                role: record.role, state: .shunned, reason: DataSourceRecord.drained, changedAt: .now)
            change.edits = [.dataSource(host, drained)]
        case .failed, .shunned:
            throw Refusal(
                .wrongState,
                "'\(host)' is \(snapshot.stateText(of: host)): no connection goes there; nothing was changed",
                hint: "datasource \(host) connections")
        }
        return change
    }

    func drain(
        _ call: DrainCall, by author: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        let change = try decide(call)
        let started = WallTime.now
        // One that is drained already may still lose sessions by this: the journal tells who cut them.
        let id = try await make(change, by: author) ?? nextOperation()
        change.lines.forEach(progress)
        let host = call.name
        guard await followed(by: .seconds(5)) else {
            return Outcome(
                lines: ["FOLLOW-UP: not every router has followed within 5 s; 'ls' shows them"],
                complete: false,
                operation: id)
        }
        let record = board.snapshot.record(of: host)
        let left = await waitForSessions(
            on: host, since: record.changedAt, limit: .seconds(call.seconds ?? Self.patience),
            progress: progress)
        var outcome = Outcome(lines: ["no session is left on '\(host)'"], operation: id)
        if left > 0, !isDraining(host, since: record.changedAt) {
            outcome.lines = ["FOLLOW-UP: '\(host)' is not drained any more; \(left) sessions there go on"]
            outcome.complete = false
        } else if left > 0, Task.isCancelled {
            outcome.lines = ["FOLLOW-UP: nobody waits any more; \(left) sessions on '\(host)' go on"]
            outcome.complete = false
        } else if left > 0, call.seconds != nil {
            outcome = await cut(left, on: host)
            outcome.operation = id
        } else if left > 0 {
            outcome.lines = [
                "FOLLOW-UP: \(left) sessions are left on '\(host)' after \(Self.patience) s; 'datasource \(host)"
                    + " drain <seconds>' cuts them after that time"
            ]
            outcome.complete = false
        }
        await note(
            OperationRecord(
                id: id, command: change.command, by: author, coordinator: self.host, startedAt: started,
                endedAt: .now, result: .done, lines: change.lines + outcome.lines))
        return outcome
    }

    /// Sessions that the routers still have on a data source.
    private func sessions(on host: HostName) -> Int {
        board.snapshot.reports.values.reduce(0) { $0 + ($1.router.byDataSource[host]?.active ?? 0) }
    }

    /// Whether a drain that began then is still wanted.
    private func isDraining(_ host: HostName, since: WallTime) -> Bool {
        let record = board.snapshot.record(of: host)
        return record.isDraining && record.changedAt == since
    }

    /// Waits as long as the drain is wanted, and somebody waits for it.
    /// - Returns: how many are left.
    private func waitForSessions(
        on host: HostName, since: WallTime, limit: Duration, progress: @Sendable (String) -> Void
    ) async -> Int {
        let deadline = ContinuousClock.now + limit
        var said = ContinuousClock.now
        while true {
            let left = sessions(on: host)
            guard left > 0, ContinuousClock.now < deadline, !Task.isCancelled, isDraining(host, since: since)
            else { return left }
            if said.duration(to: .now) > .seconds(5) {
                said = .now
                progress("\(left) sessions are left on '\(host)'")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func cut(_ left: Int, on host: HostName) async -> Outcome {
        let routers = board.snapshot.shape.routers.filter { board.snapshot.reports[$0] != nil }
        let failed = failures(await act(.cutSessions(host), on: routers, operation: ""), "router")
        return Outcome(
            lines: ["\(left) sessions on '\(host)' did not end in time and were cut"] + failed,
            complete: failed.isEmpty)
    }

    func planDrain(_ call: DrainCall) throws(Refusal) -> PlanReport {
        var plan = report(try decide(call))
        // The routers' goal is the same as for a shunned one, only the way to it is not.
        plan.steps = plan.steps.map {
            $0.replacing(" and cuts the sessions there", with: "; sessions there stay")
        }
        plan.steps.append(
            call.seconds.map {
                "wait \($0) s for \(sessions(on: call.name)) sessions to end, then cut the rest"
            }
                ?? "wait at most \(Self.patience) s for \(sessions(on: call.name)) sessions to end; cut none")
        return plan
    }
}
