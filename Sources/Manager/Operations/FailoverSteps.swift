import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization
import WorkLoop

/// What a failover finds out on its way.
struct FailoverFindings: Sendable {
    /// The site as it was when the plan was made, with what the replicas have told since.
    var snapshot: SiteSnapshot?
    /// Replicas that have told what they received.
    var answering: [HostName] = []
    /// The replica that is promoted.
    var candidate: Candidate?
    /// Whether what cannot be had is given up.
    var isForced = false
    /// What others have said that they hold.
    var held: Holdings?
    /// Replicas that begin to follow the candidate meanwhile.
    var following: Task<Void, Never>?
    /// Whether somebody has closed the old primary or seen it closed; else its lease must have ended.
    var isClosed = true
}

/// What each step of a failover does on the hosts.
extension Coordinator {
    /// - Returns: what a host could not do and will do later by itself.
    func perform(
        _ step: FailoverStep, _ plan: Plan, _ operation: Operation
    ) async throws(Refusal) -> [String] {
        let site = board.shape.name
        let id = operation.id
        switch step {
        case .turnAway(let routers, let old): await turnAway(routers, from: old, operation)
        case .fence(let old, let force):
            let isClosed = try await fence(old, force: force, operation)
            operation.findings.withLock { $0.isClosed = isClosed || force }
        case .choose(let replicas, let target, let force):
            try await choose(replicas, target, force: force, plan, operation)
        case .apply(let new):
            operation.say("APPLYING RECEIVED TRANSACTIONS ON '\(new)@\(site)'")
            try await apply(new, operation)
        case .ask(_, let others):
            let asked = others + neighbours.hosts.values.flatMap(\.self)
            let held = await Holdings.ask(asked, of: board.shape.domain, leaving: plan.from, peers, log)
            operation.findings.withLock { $0.held = held }
        case .fetch(let new): try await fetch(new, operation)
        case .follow(let replicas, let new): follow(new, with: replicas, operation)
        case .promote(let new, let old): try await promote(new, insteadOf: old, operation)
        case .open(let new):
            operation.say("PUT THE NEW MASTER '\(new)@\(site)' ONLINE")
            do throws(Refusal) {
                _ = try await act(.open(jump: true), on: new, operation: id)
            } catch {
                // Its agent opens it as soon as it can.
                return ["FOLLOW-UP: '\(new)' is opened later: \(error.message)"]
            }
        case .admit(let routers):
            let wanted = board.snapshot
            return failures(
                await act(routers.map { ($0, .admit(wanted.routerGoal(for: $0))) }, operation: id), "router")
        }
        return []
    }

    // MARK: the old primary

    /// New connections wait at most so long for a new primary, in milliseconds; then they are refused.
    private static let longestHold = 10_000

    /// A router that does not answer holds nobody up: the old primary is closed all the same.
    private func turnAway(_ routers: [HostName], from old: HostName, _ operation: Operation) async {
        let read = board.shape.hosts.filter { $0 != old }
        let goal = RouterGoal(accepts: .online, write: nil, read: read)
        let action = HostAction.turnAway(goal, milliseconds: Self.longestHold)
        for (router, reply) in await act(action, on: routers, operation: operation.id) {
            if case .failure(let refusal) = reply {
                operation.say("ROUTER 'connector@\(router)' COULD NOT BE TOLD: \(refusal.message)")
            }
        }
    }

    /// Makes sure that the old primary takes no more writes: by its manager, else from outside.
    /// - Returns: false where nobody could do or see it, and it closes itself because its lease has ended.
    private func fence(
        _ old: HostName, force: Bool, _ operation: Operation
    ) async throws(Refusal) -> Bool {
        func say(_ line: String) { operation.say("MASTER '\(old)@\(board.shape.name)' \(line)") }
        if let server = operation.findings.withLock({ $0.snapshot })?.reports[old]?.server {
            if server.state == .stopped, await !isBack(old, operation) {
                say("IS STOPPED")
                return true
            }
            do throws(Refusal) {
                let how = try await act(.fence, on: old, operation: operation.id).lines
                say("IS FENCED: \(how.joined(separator: "; "))")
                return true
            } catch {
                log.warning("the old primary's manager could not fence it", metadata: ["why": "\(error)"])
            }
        }
        // Where looks have found no answer again and again, one more would only take time.
        let now = board.snapshot
        if now.reports[old] == nil, let sight = now.sights[old], sight.server == .timeout, sight.isConfirmed,
            FailoverPlanner.closed(old, in: now).holds
        {
            say("CANNOT BE REACHED: ITS LEASE HAS ENDED")
            return false
        }
        switch await peers.fence(old) {
        case .fenced: say("IS FENCED")
        case .dead: say("IS STOPPED")
        case .unknown(let why):
            let after = board.snapshot
            if after.reports[old] == nil, FailoverPlanner.closed(old, in: after).holds {
                say("CANNOT BE REACHED (\(why)): ITS LEASE HAS ENDED")
            } else if force {
                say("COULD NOT BE FENCED (\(why)): GOING ON BY FORCE")
            } else {
                throw Refusal(
                    .wouldLoseWrites,
                    "the old primary '\(old)' could not be fenced (\(why)): it may still take writes, which"
                        + " would be lost; the replicas are unchanged",
                    hint: "make sure that \(old) is off, then: set force true; failover")
            }
            return false
        }
        return true
    }

    /// Whether an old primary that was stopped runs again; one that does so from now on stays closed, for its manager
    /// knows of the operation.
    private func isBack(_ old: HostName, _ operation: Operation) async -> Bool {
        do throws(Refusal) {
            let reply = try await act(
                .report, on: old, operation: operation.id, deadline: .milliseconds(500))
            return reply.report?.server.state == .online
        } catch {
            log.info("the old primary's manager does not answer", metadata: ["why": "\(error.message)"])
            return false
        }
    }

    // MARK: the new one

    /// Lets nobody receive any more, so that positions stand still, and takes the replica that has received most.
    private func choose(
        _ replicas: [HostName], _ target: HostName?, force: Bool, _ plan: Plan, _ operation: Operation
    ) async throws(Refusal) {
        var snapshot = operation.findings.withLock { $0.snapshot } ?? board.snapshot
        var answering: [HostName] = []
        for (replica, reply) in await act(.stopReceiving, on: replicas, operation: operation.id) {
            snapshot.reports[replica] = try? reply.get().report
            if snapshot.reports[replica] != nil { answering.append(replica) }
        }
        let chosen: (candidate: Candidate, ranking: CandidateRanking)
        do throws(PlanRefusal) {
            chosen = try FailoverPlanner.choose(target: target, in: snapshot, force: force)
        } catch {
            throw RefusalText.refusal(error)
        }
        for candidate in chosen.ranking.candidates { operation.say(SwitchText.evaluating(candidate)) }
        if let refusal = FailoverPlanner.executes(chosen.candidate, in: snapshot).refusal {
            throw RefusalText.refusal(refusal)
        }
        let proof = FailoverPlanner.complete(chosen.candidate, answering: answering, in: snapshot)
        if let refusal = proof.refusal {
            guard force else { throw RefusalText.refusal(refusal) }
            operation.say("NOT PROVEN COMPLETE (\(proof.seen)): GOING ON BY FORCE")
        }
        let new = chosen.candidate.host
        operation.say("SELECTED SLAVE: \(new)@\(board.shape.name)")
        operation.findings.withLock { findings in
            findings.snapshot = snapshot
            findings.candidate = chosen.candidate
            findings.answering = answering
            findings.isForced = force
        }
        operation.turns(to: new, FailoverPlanner.rest(from: plan.from, to: new, in: snapshot))
    }

    private func apply(_ new: HostName, _ operation: Operation) async throws(Refusal) {
        let links = operation.findings.withLock { $0.snapshot }?.reports[new]?.server.links ?? []
        guard let received = links.first(where: \.isLocal)?.received.only(board.shape.domain) else { return }
        _ = try await act(
            .awaitPosition(received, milliseconds: 60_000), on: new, operation: operation.id)
    }

    /// A replica that is no candidate, or another site, may have read transactions that the candidate has not.
    private func fetch(_ new: HostName, _ operation: Operation) async throws(Refusal) {
        let findings = operation.findings.withLock { $0 }
        let stored = findings.candidate?.stored ?? 0
        do throws(Refusal) {
            try refuseSilent(findings)
            guard let farthest = findings.held?.farthest(beyond: stored) else { return }
            operation.say("FETCHING TRANSACTIONS THAT ONLY '\(farthest.host)' HAS")
            _ = try await act(
                .fetch(
                    farthest.host, address: peers.address(of: farthest.host), position: farthest.position,
                    milliseconds: 30_000),
                on: new, operation: operation.id, deadline: .seconds(40))
        } catch {
            guard findings.isForced else { throw error }
            operation.say("NOT FETCHED (\(error.message)): GOING ON BY FORCE")
        }
    }

    private func refuseSilent(_ findings: FailoverFindings) throws(Refusal) {
        guard let candidate = findings.candidate, let snapshot = findings.snapshot else { return }
        let told = FailoverPlanner.stillTold(
            candidate, by: findings.answering, heard: findings.held?.positions.keys.map(\.self) ?? [],
            in: snapshot)
        if let refusal = told.refusal { throw RefusalText.refusal(refusal) }
    }

    /// Bytes of a log that take longer to read than a new file takes to begin, which others wait for here.
    private static let longLog = 8 << 20

    /// One that does not come over now does so later, by its own manager.
    ///
    /// The first commits wait for one that follows; one that has executed less than the candidate begins in the file
    /// before, as it would have done anyway.
    private func follow(_ new: HostName, with replicas: [HostName], _ operation: Operation) {
        let id = operation.id
        let task = Task(executorPreference: WorkLoop.current) { [self] in
            await beginLogFile(on: new, beyond: Self.longLog, id)
            let replies = await act(
                .settle(.replica(of: new, link: .online)), on: replicas, operation: id, deadline: .seconds(15)
            )
            for case (let replica, .failure(let refusal)) in replies {
                log.info(
                    "a replica does not follow yet",
                    metadata: ["host": "\(replica)", "why": "\(refusal.message)"])
            }
        }
        operation.findings.withLock { $0.following = task }
    }

    private func promote(
        _ new: HostName, insteadOf old: HostName, _ operation: Operation
    ) async throws(Refusal) {
        let now = WallTime.now
        let position: GTIDPosition
        do throws(Refusal) {
            position = try await act(.logged, on: new, operation: operation.id).position ?? GTIDPosition()
        } catch {
            // Nothing is decided yet, whatever became of a question that has no answer.
            throw Refusal(error.code == .outcomeUnknown ? .timedOut : error.code, error.message)
        }
        let isClosed = operation.findings.withLock { $0.isClosed }
        let basis = board.version(of: .primary)
        // Nobody begins anew by a failover: how often each came back is kept.
        let before = board.snapshot
        var primary = PrimaryRecord(host: new, since: now, promotedAt: position)
        primary.failovers = Rules.failovers(before: before.records.primary, and: now)
        var promoted = DataSourceRecord(role: .primary, state: .online, changedAt: now)
        promoted.returns = before.record(of: new).returns
        var shunned = DataSourceRecord(
            role: .primary, state: .shunned, reason: "\(Rules.failedOver)\(new)", changedAt: now)
        shunned.returns = before.record(of: old).returns
        await operation.scribe.rest()
        try await commit(
            [
                try write(.primary, primary), try write(.dataSource(new), promoted),
                try write(.dataSource(old), shunned),
                StoreWrite(.replicator(new), nil), StoreWrite(.alone, nil),
                // In the same transaction: whoever goes on from here finds what it belongs to.
                try write(.history(operation.id), operation.entry(.running)),
            ],
            // One that came back to its lease meanwhile takes writes: then it is the primary still.
            absent: isClosed ? [] : [.host(old)], basis: basis, of: operation)
    }
}
