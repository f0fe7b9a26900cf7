import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// `recover` and `datasource <ds> recover`: back to an operational replica, whatever steps that needs.
///
/// What can follow the primary does so within one operation. What needs a copy of another server's data is copied after
/// that operation, and exchanged in one of its own: the site may switch and fail over meanwhile.
extension Coordinator {
    func recoverSite(
        force: Bool, by author: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        let site = board.shape.name
        let course = Mutex(SiteRecovery())
        let first = try await operate(
            CommandText.of("recover", force: force), by: author, progress: progress
        ) { (operation) throws(Refusal) in
            operation.say("RECOVERING DATASERVICE '\(site)'")
            let policy = self.suspendRules(operation)
            defer { self.resumeRules(policy, operation) }
            let snapshot = self.board.snapshot
            for host in snapshot.shape.hosts.sorted() where snapshot.record(of: host).state != .online {
                operation.say("FOUND PHYSICAL DATASOURCE TO RECOVER: '\(host)@\(site)'")
                do throws(Refusal) {
                    if let need = try await self.bringBack(host, operation, policy: policy, force: force) {
                        course.withLock { $0.needs.append(need) }
                        continue
                    }
                    operation.say("RECOVERY OF DATA SERVICE '\(site)' SUCCEEDED")
                    course.withLock { $0.recovered += 1 }
                } catch {
                    operation.say("RECOVERY OF '\(host)@\(site)' FAILED: \(error.message)")
                    course.withLock { $0.failed.append(error) }
                }
            }
            return try course.withLock { (course) throws(Refusal) in
                try course.outcome(of: site, operation.id)
            }
        }
        let needs = course.withLock { $0.needs }
        guard !needs.isEmpty else { return first }
        // A copy ends with its caller, and none is begun for one who has gone.
        for need in needs where !Task.isCancelled {
            do throws(Refusal) {
                _ = try await reprovision(need, by: author, progress: progress)
                progress("RECOVERY OF DATA SERVICE '\(site)' SUCCEEDED")
                course.withLock { $0.recovered += 1 }
            } catch {
                progress("RECOVERY OF '\(need.host)@\(site)' FAILED: \(error.message)")
                course.withLock { $0.failed.append(error) }
            }
        }
        return try course.withLock { (course) throws(Refusal) in
            if !Task.isCancelled { course.needs = [] }
            return try course.outcome(of: site, first.operation)
        }
    }

    func recoverDataSource(
        _ host: HostName, force: Bool, by author: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        let site = board.shape.name
        let needed = Mutex<CopyNeed?>(nil)
        let first = try await operate(
            CommandText.of("datasource \(host) recover", force: force), by: author, progress: progress
        ) { (operation) throws(Refusal) in
            operation.say("RECOVERING DATASOURCE '\(host)@\(site)'")
            let policy = self.board.snapshot.records.policy.policy
            if let need = try await self.bringBack(host, operation, policy: policy, force: force) {
                needed.withLock { $0 = need }
                return Outcome(
                    lines: ["'\(host)@\(site)' IS TO BE RE-PROVISIONED FROM '\(need.donor)@\(site)'"],
                    complete: false, operation: operation.id)
            }
            return self.recovered(host, policy, operation.id)
        }
        guard let need = needed.withLock({ $0 }) else { return first }
        return try await reprovision(need, by: author, progress: progress)
    }

    /// Makes an old primary a replica again without an operator, where it holds nothing of its own.
    /// - Throws: `diverged` where it does, or cannot follow; it stays as it is then.
    package func rejoin(_ host: HostName) async throws(Refusal) {
        let site = board.shape.name
        _ = try await operate("datasource \(host) recover", by: OperationRecord.rules, progress: { _ in }) {
            (operation) throws(Refusal) in
            operation.say("RECOVERING DATASOURCE '\(host)@\(site)'")
            let policy = self.board.snapshot.records.policy.policy
            guard
                try await self.bringBack(host, operation, policy: policy, force: false, byRules: true) == nil
            else { throw Refusal(.internalError, "a copy is never made without an operator") }
            return self.recovered(host, policy, operation.id)
        }
    }

    func recovered(_ host: HostName, _ policy: Policy, _ operation: String) -> Outcome {
        var lines = ["RECOVERY OF '\(host)@\(board.shape.name)' WAS SUCCESSFUL"]
        // The primary is ONLINE again under every policy.
        if policy != .automatic, host != board.snapshot.primary {
            lines.append("DataSource '\(host)' is now OFFLINE")
        }
        return Outcome(lines: lines, operation: operation)
    }

    // MARK: one data source

    /// - Returns: nil where it is back, else the copy that it needs.
    private func bringBack(
        _ host: HostName, _ operation: Operation, policy: Policy, force: Bool, byRules: Bool = false
    ) async throws(Refusal) -> CopyNeed? {
        guard let primary = board.snapshot.primary else { throw RefusalText.refusal(.noPrimary) }
        guard board.snapshot.reports[host] != nil else {
            throw Refusal(
                .hostUnreachable, "the manager of '\(host)' does not answer; '\(host)' is unchanged",
                hint: "start the manager of \(host), then recover again")
        }
        var course = RejoinCourse(isPrimary: host == primary)
        while let next = course.next {
            course.take(
                try await step("\(next.word) \(host)", operation) { () async throws(Refusal) in
                    try await take(next, host, primary, operation, policy, byRules: byRules)
                })
        }
        guard let reason = course.reason else { return nil }
        if byRules {
            throw Refusal(
                .diverged, "'\(host)' does not follow by itself: \(Self.text(reason)); it stays as it is",
                hint: "datasource \(host) recover")
        }
        return try await need(host, reason, named: nil, force: force, operation.say)
    }

    private func take(
        _ step: RejoinStep, _ host: HostName, _ primary: HostName, _ operation: Operation, _ policy: Policy,
        byRules: Bool
    ) async throws(Refusal) -> RejoinCourse.Outcome {
        let site = board.shape.name
        switch step {
        case .mend:
            for line in try await onCopy(host, .mend, Self.exchangeLimit).lines { operation.say(line) }
        case .start:
            operation.say("VERIFYING THAT WE CAN CONNECT TO DATA SERVER '\(host)'")
            try await startServer(host, operation)
            operation.say("Verified that DB server notification '\(host)' is in state 'ONLINE'")
            operation.say("DATA SERVER '\(host)' IS NOW AVAILABLE FOR CONNECTIONS")
        case .judge:
            operation.say("RECOVERING '\(host)@\(site)' TO A SLAVE USING '\(primary)@\(site)' AS THE MASTER")
            return .judged(try await judge(host, operation: operation.id))
        case .follow:
            if board.snapshot.record(of: host).role == .primary {
                operation.say("SETTING THE ROLE OF DATASOURCE '\(host)@\(site)' FROM 'master' TO 'slave'")
            }
            return .followed(try await follow(primary, host, operation.id))
        case .takeBack where host == primary:
            // Its place is its own: it takes writes again, and the agent opens it.
            try await commit([
                try write(
                    .dataSource(host), DataSourceRecord(role: .primary, state: .online, changedAt: .now))
            ])
            await tellRouters(operation.id)
        case .takeBack:
            try await takeBack(host, policy, byRules: byRules)
            await tellRouters(operation.id)
        case .hold, .exchange, .demote:
            throw Refusal(.internalError, "a recovery without a copy has no step '\(step.word)'")
        }
        return .done
    }

    /// Carries out one part of a recovery: the journal has its name before it begins, and its time when it has ended.
    ///
    /// None of them is taken back: whoever recovers again begins with what is there.
    func step<Value>(
        _ word: String, _ operation: Operation, _ body: () async throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        operation.reaches(word)
        await note(operation.entry(.running))
        boundary(word)
        let began = ContinuousClock.now
        defer { operation.took(word, began.duration(to: .now).inMilliseconds, since: began) }
        return try await body()
    }

    /// Points a server's replication at the primary and waits until it works.
    /// - Returns: nil where it does; the connection where the source cannot send what it asks for.
    func follow(
        _ primary: HostName, _ host: HostName, _ id: String
    ) async throws(Refusal) -> LinkReport? {
        let reply = try await act(
            .settle(.replica(of: primary, link: .online)), on: host, operation: id, deadline: .seconds(15))
        log.info(
            "recovered", metadata: ["host": "\(host)", "done": "\(reply.lines.joined(separator: "; "))"])
        return try await waitForLink(host, id)
    }

    /// The records of a data source that follows again.
    ///
    /// What the rules do is counted; an operator's word begins anew.
    func takeBack(_ host: HostName, _ policy: Policy, byRules: Bool = false) async throws(Refusal) {
        let state: DataSourceState = policy == .automatic ? .online : .offline
        let now = WallTime.now
        var record = DataSourceRecord(role: .replica, state: state, changedAt: now)
        if byRules { record.returns = Rules.returns(of: board.snapshot.record(of: host), and: now) }
        try await commit([
            try write(.dataSource(host), record),
            StoreWrite(.replicator(host), nil),
        ])
    }

    /// The command's effect is there when it returns; a router that does not answer follows later.
    func tellRouters(_ id: String) async {
        let wanted = board.snapshot
        let routers = wanted.shape.routers.filter { wanted.reports[$0] != nil }
        let replies = await act(routers.map { ($0, .route(wanted.routerGoal(for: $0))) }, operation: id)
        for line in failures(replies, "router") { log.info("\(line)", metadata: ["operation": "\(id)"]) }
    }

    /// Starts the server where it does not run, and waits for it.
    private func startServer(_ host: HostName, _ operation: Operation) async throws(Refusal) {
        let deadline = ContinuousClock.now + .seconds(30)
        var started = false
        var saved: Int?
        while true {
            try giveWay(host)
            let reply = try await act(.report, on: host, operation: operation.id)
            if let server = reply.report?.server {
                if server.state == .online { break }
                if server.state == .stopped, !started {
                    started = true
                    saved = await saveBeforeStart(host, operation)
                    operation.say("STARTING DATA SERVER '\(host)'")
                    _ = try await act(
                        .service("mysql", .start), on: host, operation: operation.id, deadline: .seconds(60))
                }
            }
            guard ContinuousClock.now < deadline else {
                throw Refusal(
                    .serverError, "the server of '\(host)' does not serve; '\(host)' stays as it is",
                    hint: "service \(host)/mysql status, and the server's own error log; datasource \(host)"
                        + " reprovision gives it new data")
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
        if let saved, try await judge(host, operation: operation.id).hasNothingOfItsOwn {
            operation.say("ITS SERVER TOOK \(saved) TRANSACTIONS BACK THAT NO REPLICA HAD CONFIRMED")
        }
    }

    /// Ends a recovery whose primary serves no more: that can wait, and the failover that it keeps away cannot.
    private func giveWay(_ host: HostName) throws(Refusal) {
        let snapshot = board.snapshot
        guard let primary = snapshot.primary, primary != host,
            snapshot.record(of: primary).state == .online
        else { return }
        let state = snapshot.reports[primary]?.server.state
        guard state == nil || state == .stopped || state == .timeout else { return }
        throw Refusal(
            .wrongState,
            "the primary '\(primary)' does not serve: what becomes of it comes first; '\(host)' stays as it is",
            hint: "ls; then datasource \(host) recover")
    }

    private func waitForLink(_ host: HostName, _ id: String) async throws(Refusal) -> LinkReport? {
        let deadline = ContinuousClock.now + .seconds(20)
        var triedAgain = false
        while true {
            try giveWay(host)
            let server = try await act(.report, on: host, operation: id).report?.server
            let link = server?.links.first(where: \.isLocal)
            if let link, link.state == .online { return nil }
            if let link, link.receiveError == RejoinPlanner.fatalReadError {
                // Once more: the source may not have had it yet.
                guard !triedAgain else { return link }
                triedAgain = true
                try? await Task.sleep(for: .seconds(1))
                _ = try await act(.startLinks, on: host, operation: id)
            } else if let link, link.state == .suspect, ContinuousClock.now > deadline - .seconds(15) {
                throw Refusal(
                    .serverError, "'\(host)' cannot replicate: \(link.errorText)",
                    hint: "replicator \(host) status; datasource \(host) reprovision gives it new data")
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

/// How the recovery of a site goes.
private struct SiteRecovery: Sendable {
    var recovered = 0
    var failed: [Refusal] = []
    var needs: [CopyNeed] = []

    /// - Throws: the first failure where nothing was recovered, and nothing is left to try.
    func outcome(of site: SiteName, _ operation: String?) throws(Refusal) -> Outcome {
        if let first = failed.first, recovered == 0, needs.isEmpty { throw first }
        return Outcome(
            lines: ["RECOVERED \(recovered) DATA SOURCES IN SERVICE '\(site)'"],
            complete: failed.isEmpty && needs.isEmpty, operation: operation)
    }
}
