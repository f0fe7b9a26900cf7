import AdminProtocol
import ClusterModel
import Logging
import Planning

/// `failover [to <ds>]`: promotes the replica that has received most, without the old primary's help.
extension Coordinator {
    func failover(_ call: FailoverCall, _ operation: Operation) async throws(Refusal) -> Outcome {
        var snapshot = await freshSnapshot(operation)
        let old: HostName
        do {
            old = try FailoverPlanner.check(target: call.target, in: snapshot, force: call.force)
        } catch {
            throw RefusalText.refusal(error)
        }
        let site = board.shape.name
        let id = operation.id
        let policy = suspendRules(operation)
        defer { resumeRules(policy, operation) }

        // Nothing may be written to the old primary any more: first its clients, then the server itself. New
        // connections wait for the new primary.
        let routers = snapshot.shape.routers.filter { snapshot.reports[$0] != nil }
        let goal = RouterGoal(accepts: .online, write: nil, read: snapshot.replicas)
        var watch = StopWatch()
        async let held = act(.hold(milliseconds: Self.holdMilliseconds), on: routers, operation: id)
        async let fenced = fence(old, in: snapshot, force: call.force, operation)
        _ = await held
        for (router, reply) in await act(.route(goal), on: routers, operation: id) {
            if case .failure(let refusal) = reply {
                operation.say("ROUTER 'connector@\(router)' COULD NOT BE TOLD: \(refusal.message)")
            }
        }
        let isCertain: Bool
        do throws(Refusal) {
            isCertain = try await fenced.get()
        } catch {
            await release(routers, id)
            throw error
        }

        do throws(Refusal) {
            watch.lap("fence")
            let chosen = try await choose(call, &snapshot, operation)
            watch.lap("choice")
            let new = chosen.host
            operation.say("SELECTED SLAVE: \(new)@\(site)")
            try await complete(new, chosen, in: snapshot, operation)
            watch.lap("apply")
            try await promote(new, insteadOf: old, leaseEnded: !isCertain && !call.force, operation)
            watch.lap("decision")
            return await finish(new, routers, operation, &watch)
        } catch {
            // The agents start the links again as soon as the operation has ended.
            await release(routers, id)
            throw error
        }
    }

    /// New connections wait at most so long for a new primary; then they are refused.
    private static let holdMilliseconds = 10_000

    private func release(_ routers: [HostName], _ id: String) async {
        for line in failures(await act(.release, on: routers, operation: id), "router") {
            log.info("\(line)", metadata: ["operation": "\(id)"])
        }
    }

    /// Lets nobody receive any more, so that positions stand still, and takes the replica that has received most.
    private func choose(
        _ call: FailoverCall, _ snapshot: inout SiteSnapshot, _ operation: Operation
    ) async throws(Refusal) -> Candidate {
        let replicas = snapshot.replicas.filter { snapshot.reports[$0]?.server.state == .online }
        var answering: [HostName] = []
        for (replica, reply) in await act(.stopReceiving, on: replicas, operation: operation.id) {
            snapshot.reports[replica] = try? reply.get().report
            if snapshot.reports[replica] != nil { answering.append(replica) }
        }
        do throws(PlanRefusal) {
            let chosen = try FailoverPlanner.choose(
                target: call.target, in: snapshot, force: call.force)
            for candidate in chosen.ranking.candidates { operation.say(SwitchText.evaluating(candidate)) }
            let proof = FailoverPlanner.complete(chosen.candidate, answering: answering, in: snapshot)
            if let refusal = proof.refusal {
                guard call.force else { throw refusal }
                operation.say("NOT PROVEN COMPLETE (\(proof.seen)): GOING ON BY FORCE")
            }
            return chosen.candidate
        } catch {
            throw RefusalText.refusal(error)
        }
    }

    /// The site has agreed on the new primary: from here on everything is driven forward.
    private func finish(
        _ new: HostName, _ routers: [HostName], _ operation: Operation, _ watch: inout StopWatch
    ) async -> Outcome {
        let site = board.shape.name
        let id = operation.id
        operation.say("PUT THE NEW MASTER '\(new)@\(site)' ONLINE")
        var followUp: [String] = []
        do throws(Refusal) {
            _ = try await act(.open(jump: true), on: new, operation: id)
        } catch {
            // Its agent opens it as soon as it can.
            followUp.append("FOLLOW-UP: '\(new)' is opened later: \(error.message)")
        }
        let wanted = board.snapshot
        followUp += failures(
            await act(routers.map { ($0, .route(wanted.routerGoal(for: $0))) }, operation: id), "router")
        await release(routers, id)
        watch.lap("opening")
        let others = wanted.replicas.filter { wanted.reports[$0]?.server.state == .online }
        followUp += await settle([new] + others.filter { wanted.record(of: $0).role == .replica }, id)
        await seeInPlace(new, id)
        watch.lap("settling")
        operation.say(watch.line)
        var outcome = Outcome(lines: followUp, complete: followUp.isEmpty, operation: id)
        outcome.lines.append("FAILOVER TO '\(new)@\(site)' WAS SUCCESSFUL")
        return outcome
    }

    /// Makes sure that the old primary takes no more writes: by its manager, else from outside.
    /// - Returns: false where nobody could do or see it, and it closes itself because its lease has ended.
    private func fence(
        _ old: HostName, in snapshot: SiteSnapshot, force: Bool, _ operation: Operation
    ) async -> Result<Bool, Refusal> {
        let name = "\(old)@\(board.shape.name)"
        func done(_ line: String, isCertain: Bool = true) -> Result<Bool, Refusal> {
            operation.say("MASTER '\(name)' \(line)")
            return .success(isCertain)
        }
        if let server = snapshot.reports[old]?.server {
            if server.state == .stopped { return done("IS STOPPED") }
            do throws(Refusal) {
                let how = try await act(.fence, on: old, operation: operation.id).lines
                return done("IS FENCED: \(how.joined(separator: "; "))")
            } catch {
                log.warning("the old primary's manager could not fence it", metadata: ["why": "\(error)"])
            }
        }
        // Where looks have found no answer again and again, one more would only take time.
        let now = board.snapshot
        if now.reports[old] == nil, let sight = now.sights[old], sight.server == .timeout, sight.isConfirmed,
            FailoverPlanner.closed(old, in: now).holds
        {
            return done("CANNOT BE REACHED: ITS LEASE HAS ENDED", isCertain: false)
        }
        switch await peers.fence(old) {
        case .fenced: return done("IS FENCED")
        case .dead: return done("IS STOPPED")
        case .unknown(let why):
            let closed = FailoverPlanner.closed(old, in: board.snapshot)
            if board.snapshot.reports[old] == nil, closed.holds {
                return done("CANNOT BE REACHED (\(why)): ITS LEASE HAS ENDED", isCertain: false)
            }
            guard force else {
                return .failure(
                    Refusal(
                        .wouldLoseWrites,
                        "the old primary '\(old)' could not be fenced (\(why)): it may still take writes, which"
                            + " would be lost; the replicas are unchanged",
                        hint: "make sure that \(old) is off, then: set force true; failover"))
            }
            return done("COULD NOT BE FENCED (\(why)): GOING ON BY FORCE", isCertain: false)
        }
    }

    /// Lets the candidate execute all that it has received, and fetch back what only another site still has.
    private func complete(
        _ new: HostName, _ candidate: Candidate, in snapshot: SiteSnapshot, _ operation: Operation
    ) async throws(Refusal) {
        let domain = board.shape.domain
        let id = operation.id
        operation.say("APPLYING RECEIVED TRANSACTIONS ON '\(new)@\(board.shape.name)'")
        if let received = snapshot.reports[new]?.server.links.first(where: \.isLocal)?.received.only(domain) {
            _ = try await act(
                .awaitPosition(received, milliseconds: 60_000), on: new, operation: id, deadline: .seconds(70)
            )
        }
        // A replica that is no candidate, or another site, may have read transactions that the candidate has not.
        let others = snapshot.replicas.filter { $0 != new && snapshot.reports[$0] != nil }
        let held = await Holdings.ask(
            others + neighbours.hosts.values.flatMap(\.self), of: domain, peers, log)
        guard let farthest = held.farthest(beyond: candidate.stored) else { return }
        operation.say("FETCHING TRANSACTIONS THAT ONLY '\(farthest.host)' HAS")
        _ = try await act(
            .fetch(
                farthest.host, address: peers.address(of: farthest.host), position: farthest.position,
                milliseconds: 30_000),
            on: new, operation: id, deadline: .seconds(40))
    }

    private func promote(
        _ new: HostName, insteadOf old: HostName, leaseEnded: Bool, _ operation: Operation
    ) async throws(Refusal) {
        let now = WallTime.now
        let position =
            try await act(.report, on: new, operation: operation.id).report?.server.logged ?? GTIDPosition()
        try await commit(
            [
                try write(.primary, PrimaryRecord(host: new, since: now, promotedAt: position)),
                try write(.dataSource(new), DataSourceRecord(role: .primary, state: .online, changedAt: now)),
                try write(
                    .dataSource(old),
                    DataSourceRecord(
                        role: .primary, state: .shunned, reason: "\(Rules.failedOver)\(new)",
                        changedAt: now)),
                StoreWrite(.replicator(new), nil), StoreWrite(.alone, nil),
            ],
            // One that came back to its lease meanwhile takes writes: then it is the primary still.
            absent: leaseEnded ? [.host(old)] : [])
    }
}
