import AdminProtocol
import ClusterModel
import Logging
import Planning

/// `recover` and `datasource <ds> recover`: back to an operational replica, whatever steps that needs.
extension Coordinator {
    func recoverSite(_ operation: Operation) async throws(Refusal) -> Outcome {
        let site = board.shape.name
        operation.say("RECOVERING DATASERVICE '\(site)'")
        let policy = suspendRules(operation)
        defer { resumeRules(policy, operation) }
        let snapshot = board.snapshot
        let broken = snapshot.shape.hosts.sorted().filter { snapshot.record(of: $0).state != .online }
        var recovered = 0
        var failed: [Refusal] = []
        for host in broken {
            operation.say("FOUND PHYSICAL DATASOURCE TO RECOVER: '\(host)@\(site)'")
            do throws(Refusal) {
                try await recover(host, operation, policy: policy)
                operation.say("RECOVERY OF DATA SERVICE '\(site)' SUCCEEDED")
                recovered += 1
            } catch {
                operation.say("RECOVERY OF '\(host)@\(site)' FAILED: \(error.message)")
                failed.append(error)
            }
        }
        if let first = failed.first, recovered == 0 { throw first }
        return Outcome(
            lines: ["RECOVERED \(recovered) DATA SOURCES IN SERVICE '\(site)'"], complete: failed.isEmpty,
            operation: operation.id)
    }

    func recoverDataSource(_ host: HostName, _ operation: Operation) async throws(Refusal) -> Outcome {
        let site = board.shape.name
        operation.say("RECOVERING DATASOURCE '\(host)@\(site)'")
        let policy = board.snapshot.records.policy.policy
        try await recover(host, operation, policy: policy)
        var lines = ["RECOVERY OF '\(host)@\(site)' WAS SUCCESSFUL"]
        if policy != .automatic { lines.append("DataSource '\(host)' is now OFFLINE") }
        return Outcome(lines: lines, operation: operation.id)
    }

    private func recover(_ host: HostName, _ operation: Operation, policy: Policy) async throws(Refusal) {
        let site = board.shape.name
        let id = operation.id
        guard let primary = board.snapshot.primary else { throw RefusalText.refusal(.noPrimary) }
        guard board.snapshot.reports[host] != nil else {
            throw Refusal(
                .hostUnreachable, "the manager of '\(host)' does not answer; '\(host)' is unchanged",
                hint: "start the manager of \(host), then recover again")
        }
        operation.say("VERIFYING THAT WE CAN CONNECT TO DATA SERVER '\(host)'")
        let server = try await runningServer(host, operation)
        operation.say("Verified that DB server notification '\(host)' is in state 'ONLINE'")
        operation.say("DATA SERVER '\(host)' IS NOW AVAILABLE FOR CONNECTIONS")

        let record = board.snapshot.record(of: host)
        let now = WallTime.now
        let state: DataSourceState = policy == .automatic ? .online : .offline
        if host == primary {
            // Its place is its own: it takes writes again, and the agent opens it.
            try await commit([
                try write(.dataSource(host), DataSourceRecord(role: .primary, state: .online, changedAt: now))
            ])
            return await tellRouters(id)
        }
        operation.say("RECOVERING '\(host)@\(site)' TO A SLAVE USING '\(primary)@\(site)' AS THE MASTER")
        if record.role == .primary {
            try refuseDiverged(host, server)
            operation.say("SETTING THE ROLE OF DATASOURCE '\(host)@\(site)' FROM 'master' TO 'slave'")
        }
        let reply = try await act(
            .settle(.replica(of: primary, link: .online)), on: host, operation: id, deadline: .seconds(15))
        log.info(
            "recovered", metadata: ["host": "\(host)", "done": "\(reply.lines.joined(separator: "; "))"])
        try await waitForLink(host, id)
        try await commit([
            try write(.dataSource(host), DataSourceRecord(role: .replica, state: state, changedAt: now)),
            StoreWrite(.replicator(host), nil),
        ])
        await tellRouters(id)
    }

    /// The command's effect is there when it returns; a router that does not answer follows later.
    private func tellRouters(_ id: String) async {
        let wanted = board.snapshot
        let routers = wanted.shape.routers.filter { wanted.reports[$0] != nil }
        let replies = await act(routers.map { ($0, .route(wanted.routerGoal(for: $0))) }, operation: id)
        for line in failures(replies, "router") { log.info("\(line)", metadata: ["operation": "\(id)"]) }
    }

    /// Starts the server where it does not run, and waits for it.
    private func runningServer(_ host: HostName, _ operation: Operation) async throws(Refusal) -> ServerReport
    {
        let deadline = ContinuousClock.now + .seconds(30)
        var started = false
        while true {
            let reply = try await act(.report, on: host, operation: operation.id)
            if let server = reply.report?.server {
                if server.state == .online { return server }
                if server.state == .stopped, !started {
                    started = true
                    operation.say("STARTING DATA SERVER '\(host)'")
                    _ = try await act(
                        .service("mysql", .start), on: host, operation: operation.id, deadline: .seconds(60))
                }
            }
            guard ContinuousClock.now < deadline else {
                throw Refusal(
                    .serverError, "the server of '\(host)' does not serve; '\(host)' stays as it is",
                    hint: "service \(host)/mysql status, and the server's own error log")
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// An old primary that logged more than the new one took over must not replicate: it would hide the difference.
    private func refuseDiverged(_ host: HostName, _ server: ServerReport) throws(Refusal) {
        let domain = board.shape.domain
        let taken = board.snapshot.records.primary?.promotedAt ?? GTIDPosition()
        // What it has from the new primary, perhaps by way of another site, is no difference.
        let own = (server.written ?? server.logged).sequence(of: domain)
        guard own > taken.sequence(of: domain) else { return }
        let extra = own - taken.sequence(of: domain)
        throw Refusal(
            .diverged,
            "'\(host)' has \(extra) transactions after \(taken.only(domain)) that were never taken over; '\(host)'"
                + " stays SHUNNED",
            hint:
                "mariadb-binlog --base64-output=DECODE-ROWS -v --start-position=\(taken.only(domain)) on its logs"
                + " shows them; then re-provision \(host) from a replica")
    }

    private func waitForLink(_ host: HostName, _ id: String) async throws(Refusal) {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let server = try await act(.report, on: host, operation: id).report?.server
            let link = server?.links.first(where: \.isLocal)
            if link?.state == .online { return }
            if let link, link.state == .suspect, ContinuousClock.now > deadline - .seconds(15) {
                throw Refusal(
                    .serverError, "'\(host)' cannot replicate: \(link.errorText)",
                    hint: "replicator \(host) status")
            }
            guard ContinuousClock.now < deadline else {
                throw Refusal(
                    .timedOut, "the replicator of '\(host)' did not come ONLINE within 20 s",
                    hint: "replicator \(host) status")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
