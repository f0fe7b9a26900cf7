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

        // Nothing may be written to the old primary any more: first its clients, then the server itself.
        let routers = snapshot.shape.routers.filter { snapshot.reports[$0] != nil }
        for (router, reply) in await act(
            routers.map { ($0, .route(RouterGoal(accepts: .online, write: nil, read: snapshot.replicas))) },
            operation: id)
        {
            if case .failure(let refusal) = reply {
                operation.say("ROUTER 'connector@\(router)' COULD NOT BE TOLD: \(refusal.message)")
            }
        }
        try await fence(old, in: snapshot, force: call.force, operation)

        // Then nobody receives any more, and the positions stand still.
        let replicas = snapshot.replicas.filter { snapshot.reports[$0]?.server.state == .online }
        for (replica, reply) in await act(.stopReceiving, on: replicas, operation: id) {
            snapshot.reports[replica] = try? reply.get().report
        }
        let chosen: (candidate: Candidate, ranking: CandidateRanking)
        do {
            chosen = try FailoverPlanner.choose(target: call.target, in: snapshot)
        } catch {
            // The agents start the links again as soon as the operation has ended.
            throw RefusalText.refusal(error)
        }
        for candidate in chosen.ranking.candidates { operation.say(SwitchText.evaluating(candidate)) }
        let new = chosen.candidate.host
        operation.say("SELECTED SLAVE: \(new)@\(site)")

        try await complete(new, chosen.candidate, in: snapshot, operation)
        try await promote(new, insteadOf: old, operation)
        operation.say("PUT THE NEW MASTER '\(new)@\(site)' ONLINE")
        var followUp: [String] = []
        do throws(Refusal) {
            _ = try await act(.open(jump: true), on: new, operation: id)
        } catch {
            // The site has agreed on the new primary: its agent opens it as soon as it can.
            followUp.append("FOLLOW-UP: '\(new)' is opened later: \(error.message)")
        }
        let wanted = board.snapshot
        followUp += failures(
            await act(routers.map { ($0, .route(wanted.routerGoal(for: $0))) }, operation: id), "router")
        followUp += await settle([new] + replicas.filter { $0 != new }, id)
        await seeInPlace(new, id)
        var outcome = Outcome(lines: followUp, complete: followUp.isEmpty, operation: id)
        outcome.lines.append("FAILOVER TO '\(new)@\(site)' WAS SUCCESSFUL")
        return outcome
    }

    /// Makes sure that the old primary takes no more writes: by its manager, else from outside.
    private func fence(
        _ old: HostName, in snapshot: SiteSnapshot, force: Bool, _ operation: Operation
    ) async throws(Refusal) {
        let name = "\(old)@\(board.shape.name)"
        if let server = snapshot.reports[old]?.server {
            if server.state == .stopped { return operation.say("MASTER '\(name)' IS STOPPED") }
            do throws(Refusal) {
                _ = try await act(.settle(.fenced), on: old, operation: operation.id)
                return operation.say("MASTER '\(name)' IS FENCED")
            } catch {
                log.warning("the old primary's manager could not fence it", metadata: ["why": "\(error)"])
            }
        }
        switch await peers.fence(old) {
        case .fenced: operation.say("MASTER '\(name)' IS FENCED")
        case .dead: operation.say("MASTER '\(name)' IS STOPPED")
        case .unknown(let why):
            guard force else {
                throw Refusal(
                    .wouldLoseWrites,
                    "the old primary '\(old)' could not be fenced (\(why)): it may still take writes, which would be"
                        + " lost; the replicas are unchanged",
                    hint: "make sure that \(old) is off, then: set force true; failover")
            }
            operation.say("MASTER '\(name)' COULD NOT BE FENCED (\(why)): GOING ON BY FORCE")
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
        // Another site may have read transactions that no replica here had received (reference: remote ahead).
        let held = await Holdings.ask(neighbours.hosts.values.flatMap(\.self), of: domain, peers, log)
        guard let farthest = held.farthest(beyond: candidate.stored) else { return }
        operation.say("FETCHING TRANSACTIONS THAT ONLY '\(farthest.host)' HAS")
        _ = try await act(
            .fetch(
                farthest.host, address: peers.address(of: farthest.host), position: farthest.position,
                milliseconds: 30_000),
            on: new, operation: id, deadline: .seconds(40))
    }

    private func promote(
        _ new: HostName, insteadOf old: HostName, _ operation: Operation
    ) async throws(Refusal) {
        let now = WallTime.now
        let position =
            try await act(.report, on: new, operation: operation.id).report?.server.logged ?? GTIDPosition()
        try await commit([
            try write(.primary, PrimaryRecord(host: new, since: now, promotedAt: position)),
            try write(.dataSource(new), DataSourceRecord(role: .primary, state: .online, changedAt: now)),
            try write(
                .dataSource(old),
                DataSourceRecord(
                    role: .primary, state: .shunned, reason: "FAILED-OVER-TO-\(new)", changedAt: now)),
            StoreWrite(.replicator(new), nil),
        ])
    }
}
