import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// `datasource <ds> reprovision`, and the part of `recover` that copies another server's data.
extension Coordinator {
    /// The longest that stopping, exchanging and starting may take: each service command has its own, shorter limit.
    static let exchangeLimit = Duration.seconds(300)
    /// A host that says nothing of its copy for so long is given up.
    private static let silence = Duration.seconds(240)
    /// How long an exchange waits for another operation of the site.
    private static let patience = Duration.seconds(120)

    /// What an explicit re-provision needs; nothing is changed here.
    func check(_ call: ReprovisionCall) throws(Refusal) {
        let host = try known(call.name)
        let snapshot = board.snapshot
        guard snapshot.primary != nil else { throw RefusalText.refusal(.noPrimary) }
        guard host != snapshot.primary else {
            throw Refusal(
                .wrongState, "'\(host)' is the primary: all others follow its data; nothing was changed",
                hint: "switch first")
        }
        guard snapshot.reports[host] != nil else {
            throw Refusal(
                .hostUnreachable, "the manager of '\(host)' does not answer; nothing was changed",
                hint: "members")
        }
        guard snapshot.record(of: host).state != .online || call.force else {
            throw Refusal(
                .forceNeeded, "'\(host)' is ONLINE: it works as it is; nothing was changed",
                hint: "datasource \(host) shun first; or: set force true, and the same command again")
        }
        do {
            _ = try RejoinPlanner.donor(call.source, for: host, in: snapshot)
        } catch {
            throw RefusalText.refusal(error)
        }
    }

    func reprovision(
        _ call: ReprovisionCall, by author: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        try check(call)
        if let running = board.snapshot.operation { throw RefusalText.refusal(.operationRunning(running)) }
        return try await told(CommandText.of(call), by: author, progress) { (course) throws(Refusal) in
            for line in try await self.onCopy(call.name, .mend, Self.exchangeLimit).lines { course.say(line) }
            let reason = try await self.reason(call)
            let need = try await self.need(
                call.name, reason, named: call.source, force: call.force, course.say)
            return try await self.replace(need, course, progress)
        }
    }

    /// After a recovery that has found a copy needed.
    func reprovision(
        _ need: CopyNeed, by author: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        let command = "datasource \(need.host) reprovision from \(need.donor)"
        return try await told(command, by: author, progress) { (course) throws(Refusal) in
            try await self.replace(need, course, progress)
        }
    }

    /// Work of hours, with an entry in the journal; it keeps no operation away.
    private func told(
        _ command: String, by author: String, _ progress: @escaping @Sendable (String) -> Void,
        _ body: (Operation) async throws(Refusal) -> Outcome
    ) async throws(Refusal) -> Outcome {
        let course = Operation(
            id: nextOperation(), command: command, by: author, coordinator: host, progress: progress)
        await note(course.entry(.running))
        do throws(Refusal) {
            let outcome = try await body(course)
            await note(course.ended(.success(outcome)))
            return outcome
        } catch {
            await note(course.ended(.failure(error)))
            throw error
        }
    }

    /// Even where an operator wants it, nothing is thrown away unseen.
    private func reason(_ call: ReprovisionCall) async throws(Refusal) -> RejoinPlanner.Reason {
        let host = call.name
        let server = try await act(.report, on: host, operation: "").report?.server
        let divergence: Divergence?
        if server?.state == .online {
            divergence = try await judge(host, operation: "")
        } else {
            divergence = await judgeStopped(host, operation: "")
        }
        if case .ahead(let tail)? = divergence { return .ahead(tail) }
        guard divergence != nil || call.force || board.snapshot.record(of: host).role == .replica else {
            throw Refusal(
                .wouldLoseWrites,
                "'\(host)' is an old primary, and what it holds cannot be read: it may have transactions of its own;"
                    + " nothing was changed",
                hint: "service \(host)/mysql start; or: set force true, and the same command again")
        }
        return .asked
    }

    // MARK: the copy

    /// Copies, exchanges, and lets the server follow.
    private func replace(
        _ need: CopyNeed, _ course: Operation, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        let host = need.host
        let site = board.shape.name
        course.say("RE-PROVISIONING '\(host)@\(site)' FROM '\(need.donor)@\(site)'")
        let former = board.snapshot.record(of: host)
        var shunned = former
        shunned.state = .shunned
        shunned.reason = "RE-PROVISIONING-FROM-\(need.donor)"
        shunned.changedAt = .now
        try await commit([try write(.dataSource(host), shunned)], absent: [.operation])
        do throws(Refusal) {
            return try await fill(need, by: course.by, progress)
        } catch {
            await putBack(former, insteadOf: shunned, of: host)
            throw error
        }
    }

    private func fill(
        _ need: CopyNeed, by author: String, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> Outcome {
        let host = need.host
        let action = HostCopyCall.Action.receive(
            from: need.donor, address: peers.address(of: need.donor), bytes: need.bytes)
        let received = try await watched(host, action, progress)
        guard let copy = received.copy else {
            throw Refusal(.internalError, "the manager of '\(host)' named no copy; its data is as it was")
        }
        do throws(Refusal) {
            return try await whenFree { () async throws(Refusal) in
                try await self.operate(
                    "datasource \(host) exchange", by: author, progress: progress
                ) { (operation) throws(Refusal) in
                    try await self.exchange(copy, need, operation)
                }
            }
        } catch {
            // Refused before it began, or taken back: the copy is of no use any more.
            if error.code != .outcomeUnknown {
                _ = try? await onCopy(host, .discard(copy: copy), .seconds(60))
            }
            throw error
        }
    }

    private func exchange(
        _ copy: String, _ need: CopyNeed, _ operation: Operation
    ) async throws(Refusal) -> Outcome {
        let host = need.host
        let policy = board.snapshot.records.policy.policy
        guard let primary = board.snapshot.primary, primary != host else {
            throw Refusal(.wrongState, "'\(host)' is the primary now; its data is as it was", hint: "ls")
        }
        var course = RejoinCourse.copied
        while let next = course.next {
            course.take(
                try await step("\(next.word) \(host)", operation) { () async throws(Refusal) in
                    try await take(next, copy, need, primary, policy, operation)
                })
        }
        return recovered(host, policy, operation.id)
    }

    private func take(
        _ step: RejoinStep, _ copy: String, _ need: CopyNeed, _ primary: HostName, _ policy: Policy,
        _ operation: Operation
    ) async throws(Refusal) -> RejoinCourse.Outcome {
        let host = need.host
        let site = board.shape.name
        switch step {
        case .hold:
            try await commit([try write(.replicator(host), Wanted.offline)])
        case .exchange:
            let lines = try await onCopy(host, .exchange(copy: copy), Self.exchangeLimit).lines
            for line in lines { operation.say(line) }
        case .demote:
            // From here on it is a replica, whatever it was.
            let reason = "RE-PROVISIONED-FROM-\(need.donor)"
            try await commit([
                try write(
                    .dataSource(host),
                    DataSourceRecord(role: .replica, state: .shunned, reason: reason, changedAt: .now))
            ])
        case .follow:
            operation.say("RECOVERING '\(host)@\(site)' TO A SLAVE USING '\(primary)@\(site)' AS THE MASTER")
            guard let link = try await follow(primary, host, operation.id) else { return .followed(nil) }
            throw Refusal(
                .serverError, "'\(host)' has new data and cannot follow '\(primary)': \(link.errorText)",
                hint: "datasource \(host) recover")
        case .takeBack:
            try await takeBack(host, policy)
            await tellRouters(operation.id)
        case .mend, .start, .judge:
            throw Refusal(.internalError, "an exchange has no step '\(step.word)'")
        }
        return .done
    }

    /// The record as it was, unless somebody has changed it meanwhile.
    private func putBack(
        _ former: DataSourceRecord, insteadOf shunned: DataSourceRecord, of host: HostName
    ) async {
        await regardless { [self] in
            guard board.snapshot.record(of: host) == shunned else { return }
            do throws(Refusal) {
                try await commit([try write(.dataSource(host), former)])
            } catch {
                log.warning("a record was not put back", metadata: ["host": "\(host)", "why": "\(error)"])
            }
        }
    }

    /// Begins an operation as soon as no other runs.
    private func whenFree(
        _ body: () async throws(Refusal) -> Outcome
    ) async throws(Refusal) -> Outcome {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do throws(Refusal) {
                return try await body()
            } catch  where error.code == .operationRunning {
                guard ContinuousClock.now < deadline, !Task.isCancelled else { throw error }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    // MARK: the host

    func tails(_ call: TailsCall) async throws(Refusal) -> [SavedTail] {
        try await onCopy(try known(call.name), .tails, .seconds(20)).tails ?? []
    }

    func onCopy(
        _ target: HostName, _ action: HostCopyCall.Action, _ limit: Duration,
        _ progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Refusal) -> HostCopyReply {
        // A question needs no coordinator.
        let call = HostCopyCall(epoch: membership.leadership?.epoch ?? board.epoch, action: action)
        if target == host { return try await copies.answer(call, known: board.epoch, progress) }
        return try await peers.call(call, on: target, for: nil, deadline: limit, progress: progress)
    }

    /// The same for work of hours: a host that falls silent is not waited for.
    private func watched(
        _ target: HostName, _ action: HostCopyCall.Action, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        let heard = LastHeard()
        do {
            return try await withThrowingTaskGroup(of: HostCopyReply?.self) { group in
                group.addTask {
                    try await self.onCopy(target, action, Self.copyLimit) { line in
                        heard.note()
                        progress(line)
                    }
                }
                group.addTask {
                    while heard.silence < Self.silence {
                        try await Task.sleep(for: .seconds(1))
                    }
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let reply = first else {
                    throw Refusal(
                        .hostUnreachable,
                        "the manager of '\(target)' says nothing of its copy any more; its data is as it was",
                        hint: "members; the same command again")
                }
                return reply
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.failed, "the copy was given up; the data of '\(target)' is as it was")
        }
    }
}

/// When somebody last said something.
private final class LastHeard: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var silence: Duration { time.withLock { $0.duration(to: .now) } }

    func note() { time.withLock { $0 = .now } }
}
