import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// `switch [to <ds>]`: the plan comes from the planner, this runs it, and takes it back where a step fails.
extension Coordinator {
    func switchPrimary(_ call: SwitchCall, _ operation: Operation) async throws(Refusal) -> Outcome {
        // The plan is made from what every host says now, not from what it said a moment ago.
        let snapshot = await freshSnapshot(operation)
        let planned: (plan: Plan, ranking: CandidateRanking)
        do {
            planned = try SwitchPlanner.plan(to: call.target, in: snapshot, force: call.force, cut: call.cuts)
        } catch {
            throw RefusalText.refusal(error)
        }
        let (plan, ranking) = planned
        let policy = suspendRules(operation)
        for candidate in ranking.candidates where call.target == nil || candidate.host == plan.to {
            operation.say(SwitchText.evaluating(candidate))
        }
        operation.say("SELECTED SLAVE: \(plan.to)@\(board.shape.name)")
        operation.say(SwitchText.savepoint(operation.id, cluster: board.shape.name, source: host, at: .now))
        do {
            let followUp = try await run(plan, operation)
            await seeInPlace(plan.to, operation.id)
            resumeRules(policy, operation)
            operation.writeReceipt(
                before: snapshot.reports[plan.from]?.server.logged ?? GTIDPosition(),
                forecast: expectedGap().gap)
            var outcome = Outcome(
                lines: followUp, complete: followUp.isEmpty, operation: operation.id)
            outcome.lines.append("SWITCH TO '\(plan.to)@\(board.shape.name)' WAS SUCCESSFUL")
            return outcome
        } catch {
            resumeRules(policy, operation)
            throw error
        }
    }

    /// Waits until the site's own view shows the new order, so that an `ls` after the operation is right.
    func seeInPlace(_ primary: HostName, _ id: String) async {
        _ = await act(.report, on: board.snapshot.liveHosts, operation: id, deadline: .seconds(2))
        let inPlace = await wait(.seconds(2)) { snapshot in
            snapshot.liveHosts.allSatisfy { host in
                guard let server = snapshot.reports[host]?.server, server.state == .online,
                    snapshot.record(of: host).role == .replica || host == primary
                else { return true }
                guard host != primary else {
                    let isAlone = snapshot.liveHosts.count == 1
                    return !server.readOnly && !server.links.contains(where: \.isLocal)
                        && (isAlone || !server.semiSync || server.semiSyncReplicas > 0)
                }
                return server.links.contains {
                    $0.isLocal && $0.sourceHost == primary.description && $0.receiving
                }
            }
        }
        if !inPlace { log.info("the new order is not seen everywhere yet", metadata: ["operation": "\(id)"]) }
    }

    /// Reports of all hosts, asked for now; the operation itself does not count as one that runs.
    func freshSnapshot(_ operation: Operation) async -> SiteSnapshot {
        var snapshot = board.snapshot
        snapshot.operation = nil
        let replies = await act(
            .report, on: snapshot.liveHosts, operation: operation.id, deadline: .seconds(3))
        for (host, reply) in replies {
            if case .success(let answer) = reply, let report = answer.report {
                snapshot.reports[host] = report
            } else {
                snapshot.reports[host] = nil
            }
        }
        return snapshot
    }

    /// Runs the stages; before the point of no return a failure takes everything back, after it the rest goes on.
    /// - Returns: what is left to do.
    private func run(_ plan: Plan, _ operation: Operation) async throws(Refusal) -> [String] {
        var undo: [PlanStep] = []
        var isDecided = false
        var followUp: [String] = []
        operation.begins(plan)
        for stage in plan.stages {
            let decides = stage.contains(where: \.isPointOfNoReturn)
            let aborted = decides ? !operation.decide() : operation.isAborted && !isDecided
            guard !aborted else {
                await takeBack(undo.reversed(), plan, operation)
                throw Refusal(
                    .aborted, "the switch was aborted; '\(plan.from)' goes on as the primary", hint: "ls")
            }
            operation.reaches(stage)
            // The journal is written where nobody waits for it; in the gap the decision itself is the entry.
            if stage.allSatisfy({ !$0.isInGap }) { await note(operation.entry(.running)) }
            for step in stage { boundary(step.word) }
            if !isDecided { undo += stage.compactMap { $0.undo(from: plan.from) } }
            let ends = await perform(stage, plan, operation)
            for end in ends { operation.took(end.step, end.milliseconds, since: end.began) }
            followUp += ends.flatMap(\.followUp)
            if let reason = ends.compactMap(\.refusal).first {
                if decides, reason.code == .outcomeUnknown { throw await undecided(plan, reason, operation) }
                guard isDecided else {
                    await takeBack(undo.reversed(), plan, operation)
                    throw Refusal(
                        reason.code, "\(reason.message); '\(plan.from)' goes on as the primary",
                        hint: reason.hint ?? "ls")
                }
                // The site has agreed on the new primary: what one host could not do now its agent does later.
                followUp += ends.compactMap(\.refusal).map { "FOLLOW-UP: \($0.message)" }
            }
            if decides { isDecided = true }
        }
        boundary("end")
        return followUp
    }

    /// How one step ended.
    private struct StepEnd: Sendable {
        var step: PlanStep
        var began = ContinuousClock.now
        var milliseconds = 0.0
        /// What is left to do.
        var followUp: [String] = []
        var refusal: Refusal?
    }

    /// Runs the steps of a stage side by side; all have ended when this returns.
    private func perform(_ stage: [PlanStep], _ plan: Plan, _ operation: Operation) async -> [StepEnd] {
        guard stage.count > 1 else {
            var ends: [StepEnd] = []
            for step in stage { ends.append(await end(of: step, plan, operation)) }
            return ends
        }
        let ends = await withTaskGroup(of: StepEnd.self) { group in
            for step in stage { group.addTask { await self.end(of: step, plan, operation) } }
            return await group.reduce(into: [StepEnd]()) { $0.append($1) }
        }
        return stage.compactMap { step in ends.first { $0.step == step } }
    }

    private func end(of step: PlanStep, _ plan: Plan, _ operation: Operation) async -> StepEnd {
        var end = StepEnd(step: step)
        do throws(Refusal) {
            end.followUp = try await perform(step, plan, operation)
        } catch {
            end.refusal = error
        }
        end.milliseconds = end.began.duration(to: .now).inMilliseconds
        log.info(
            "step",
            metadata: [
                "operation": "\(operation.id)", "step": "\(step)", "milliseconds": "\(end.milliseconds)",
                "refused": "\(end.refusal?.message ?? "")",
            ])
        return end
    }

    /// Ends a switch of which nobody here knows whether the site has agreed on the new primary.
    ///
    /// Neither server is opened, for the other may be open soon: the agents open the one that the site's records
    /// name, as soon as they can be read.
    private func undecided(_ plan: Plan, _ reason: Refusal, _ operation: Operation) async -> Refusal {
        do throws(Refusal) {
            _ = try await act(.thaw, on: plan.from, operation: operation.id)
        } catch {
            log.warning(
                "the old primary stays frozen until that ends by itself", metadata: ["why": "\(error)"])
        }
        return Refusal(
            .outcomeUnknown,
            "\(reason.message); either '\(plan.from)' stays the primary or '\(plan.to)' is it: the managers open the"
                + " one that was agreed on",
            hint: "ls, once a majority of the managers is back")
    }

    private func takeBack(_ steps: [PlanStep], _ plan: Plan, _ operation: Operation) async {
        operation.say("ROLLING BACK TO '\(plan.from)@\(board.shape.name)'")
        for step in steps {
            do throws(Refusal) {
                _ = try await perform(step, plan, operation)
            } catch {
                // The agents bring the site back to its records as soon as the operation has ended.
                log.warning("a step was not taken back", metadata: ["step": "\(step)", "why": "\(error)"])
            }
        }
    }

    /// - Returns: what a host could not do and will do later by itself.
    private func perform(_ step: PlanStep, _ plan: Plan, _ operation: Operation) async throws(Refusal)
        -> [String]
    {
        let site = board.shape.name
        let id = operation.id
        switch step {
        case .quietLinks(let host):
            _ = try await act(.stopLinks, on: host, operation: id)
        case .attach(let replicas, let candidate):
            await attach(replicas, to: candidate, id)
        case .approach(let candidate, let primary):
            try await approach(candidate, primary, id)
        case .endTransactions(let host, let cut):
            try await endTransactions(on: host, cut: cut, operation)
        case .holdRouters(let routers):
            try await all(.hold(milliseconds: 5000), on: routers, id)
        case .drainRouters(let routers, let primary):
            try await all(.drain(primary, milliseconds: 100), on: routers, id)
        case .freeze(let host):
            try await freeze(host, operation)
        case .leave(let routers, let primary):
            operation.say("PURGE REMAINING ACTIVE SESSIONS ON CURRENT MASTER '\(primary)@\(site)'")
            // The new target already: those who wait choose theirs when the hold is lifted.
            var cut = 0
            for (_, reply) in await lead(routers, to: plan.to, id) { cut += try reply.get().count ?? 0 }
            operation.cut(sessions: cut)
            operation.say(
                "PURGED A TOTAL OF \(cut) ACTIVE SESSIONS ON MASTER '\(primary)@\(site)'")
        case .catchUp(let candidate, let primary):
            operation.say("FLUSH TRANSACTIONS ON CURRENT MASTER '\(primary)@\(site)'")
            let end = operation.frozenAt.withLock { $0 }
            _ = try await act(.awaitPosition(end, milliseconds: 2000), on: candidate, operation: id)
        case .close(let host):
            try await close(host, candidate: plan.to, operation)
        case .record(let primary, let old):
            try await record(primary, old, at: operation.frozenAt.withLock { $0 })
        case .open(let host):
            operation.say("PUT THE NEW MASTER '\(host)@\(site)' ONLINE")
            _ = try await act(.open(jump: false), on: host, operation: id)
        case .releaseRouters(let routers, let primary):
            // On the way back every router is led to the old primary first, as far as it answers.
            var left: [String] = []
            if primary != plan.to { left = failures(await lead(routers, to: primary, id), "router") }
            left += failures(await act(.release, on: routers, operation: id, deadline: .seconds(2)), "router")
            return left
        case .thaw(let host):
            _ = try await act(.thaw, on: host, operation: id)
        case .settle(let hosts):
            if board.snapshot.primary == plan.to {
                operation.say("PUT THE PRIOR MASTER '\(plan.from)@\(site)' ONLINE AS A SLAVE")
            }
            return await settle(hosts, id)
        }
        return []
    }

    // MARK: steps

    /// Lets replicas follow the candidate while it is one itself.
    ///
    /// The new primary's first commits wait for a receipt: without this until a replica has come over, outside of
    /// every step. One that cannot be attached comes later, with all others.
    private func attach(_ replicas: [HostName], to candidate: HostName, _ id: String) async {
        let stopped = await act(.stopReceiving, on: replicas, operation: id)
        do throws(Refusal) {
            for (replica, reply) in stopped {
                // A replica that asks for more than its source has is turned away (error 1236).
                let server = try reply.get().report?.server
                let received = server?.links.first(where: \.isLocal)?.received ?? GTIDPosition()
                _ = try await act(.awaitPosition(received, milliseconds: 2000), on: candidate, operation: id)
                _ = try await act(
                    .settle(.replica(of: candidate, link: .online)), on: replica, operation: id,
                    deadline: .seconds(10))
            }
            try await attached(replicas, to: candidate, id)
        } catch {
            log.info(
                "a replica is not attached before the switch",
                metadata: ["operation": "\(id)", "why": "\(error.message)"])
        }
    }

    /// Waits, for a second at most, until replicas receive from the candidate.
    private func attached(_ replicas: [HostName], to candidate: HostName, _ id: String) async throws(Refusal)
    {
        let deadline = ContinuousClock.now + .seconds(1)
        var waiting = replicas
        while !waiting.isEmpty {
            for (replica, reply) in await act(.report, on: waiting, operation: id) {
                let links = try reply.get().report?.server.links ?? []
                if links.contains(where: {
                    $0.isLocal && $0.receiving && $0.sourceHost == candidate.description
                }) {
                    waiting.removeAll { $0 == replica }
                }
            }
            guard ContinuousClock.now < deadline else { return }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Lets the candidate catch up until the last stretch took so little that it does not matter in the gap.
    private func approach(_ candidate: HostName, _ primary: HostName, _ id: String) async throws(Refusal) {
        let deadline = ContinuousClock.now + .seconds(15)
        while true {
            let position =
                try await act(.report, on: primary, operation: id).report?.server.logged ?? GTIDPosition()
            let began = ContinuousClock.now
            do throws(Refusal) {
                _ = try await act(.awaitPosition(position, milliseconds: 3000), on: candidate, operation: id)
                if began.duration(to: .now) < .milliseconds(15) { return }
            } catch  where error.code == .timedOut {
                log.info("the candidate is behind", metadata: ["candidate": "\(candidate)"])
            }
            guard ContinuousClock.now < deadline else {
                // Near enough counts as well: the wait in the gap has its own bound.
                if began.duration(to: .now) < .milliseconds(500) { return }
                throw Refusal(
                    .replicaBehind,
                    "'\(candidate)' does not keep up with '\(primary)': it never came near within 15 s",
                    hint: "ls, and try again when its latency is low")
            }
        }
    }

    private func freeze(_ host: HostName, _ operation: Operation) async throws(Refusal) {
        do throws(Refusal) {
            let reply = try await act(
                .freeze(limit: 500, milliseconds: 5000), on: host, operation: operation.id)
            operation.frozenAt.withLock { $0 = reply.position ?? GTIDPosition() }
        } catch  where error.code == .blockedBySession {
            let blockers = try? await act(.blockers, on: host, operation: operation.id).lines
            throw Refusal(
                .blockedBySession,
                "a running statement on '\(host)' did not end within 500 ms"
                    + (blockers?.first.map { ": \($0)" } ?? ""),
                hint: Self.blockedHint)
        }
    }

    /// Closes the old primary, and makes sure that the candidate has everything of it.
    ///
    /// A freeze that ended before the server was closed may have let transactions through; from here on there are no
    /// more, so the position is final.
    private func close(_ host: HostName, candidate: HostName, _ operation: Operation) async throws(Refusal) {
        let id = operation.id
        let end = try await act(.close, on: host, operation: id).position ?? GTIDPosition()
        let frozen = operation.frozenAt.withLock { state in
            defer { state = end }
            return state
        }
        guard !frozen.covers(end) else { return }
        log.warning("the freeze ended early", metadata: ["operation": "\(id)", "end": "\(end)"])
        _ = try await act(.awaitPosition(end, milliseconds: 2000), on: candidate, operation: id)
    }

    private func record(_ primary: HostName, _ old: HostName, at position: GTIDPosition) async throws(Refusal)
    {
        let now = WallTime.now
        try await commit([
            try write(.primary, PrimaryRecord(host: primary, since: now, promotedAt: position)),
            try write(.dataSource(primary), DataSourceRecord(role: .primary, state: .online, changedAt: now)),
            try write(.dataSource(old), DataSourceRecord(role: .replica, state: .online, changedAt: now)),
            StoreWrite(.replicator(old), nil), StoreWrite(.replicator(primary), nil),
        ])
    }

    /// Has all routers send writes to `primary`, whatever each is wanted to accept and to read from.
    private func lead(
        _ routers: [HostName], to primary: HostName, _ id: String
    ) async -> [HostName: Result<AgentReply, Refusal>] {
        let snapshot = board.snapshot
        let actions = routers.map { router -> (HostName, HostAction) in
            var wanted = snapshot.routerGoal(for: router)
            wanted.write = primary
            return (router, .route(wanted))
        }
        return await act(actions, operation: id, deadline: .seconds(2))
    }

    func settle(_ hosts: [HostName], _ id: String) async -> [String] {
        let snapshot = board.snapshot
        let actions = hosts.compactMap { host in
            snapshot.serverGoal(for: host).map { (host, HostAction.settle($0)) }
        }
        return failures(await act(actions, operation: id, deadline: .seconds(10)), "server")
    }

    func all(_ action: HostAction, on hosts: [HostName], _ id: String) async throws(Refusal) {
        for (_, reply) in await act(action, on: hosts, operation: id, deadline: .seconds(2)) {
            _ = try reply.get()
        }
    }

    func failures(_ replies: [HostName: Result<AgentReply, Refusal>], _ what: String) -> [String] {
        replies.sorted { $0.key < $1.key }.compactMap { host, reply in
            guard case .failure(let refusal) = reply else { return nil }
            return "FOLLOW-UP: the \(what) of '\(host)' is brought in line later: \(refusal.message)"
        }
    }
}
