import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// `switch [to <ds>]`: the plan comes from the planner, this runs it, and takes it back where a step fails.
extension Coordinator {
    func switchPrimary(_ call: SwitchCall, _ operation: Operation) async throws(Refusal) -> Outcome {
        operation.permitsAbort()
        // The plan is made from what every host says now, not from what it said a moment ago.
        let snapshot = await freshSnapshot(operation)
        let planned: (plan: Plan, ranking: CandidateRanking)
        do {
            planned = try SwitchPlanner.plan(
                to: call.target, in: snapshot, force: call.force, cut: call.cuts, gapLimit: gapLimit)
        } catch {
            throw RefusalText.refusal(error)
        }
        let (plan, ranking) = planned
        operation.begins(plan, isDecided: false)
        try await meetTransactions(plan, cut: call.cuts, operation)
        let policy = suspendRules(operation)
        for candidate in ranking.candidates where call.target == nil || candidate.host == plan.to {
            operation.say(SwitchText.evaluating(candidate))
        }
        operation.say("SELECTED SLAVE: \(plan.to)@\(board.shape.name)")
        operation.say(SwitchText.savepoint(operation.id, cluster: board.shape.name, source: host, at: .now))
        let canary = await canary(snapshot)
        operation.canary.withLock { $0 = canary }
        defer { canary?.stop() }
        do {
            let followUp = try await run(plan, operation)
            let seen = await canary?.end()
            await seeInPlace(plan.to, operation.id)
            resumeRules(policy, operation)
            operation.writeReceipt(
                before: snapshot.reports[plan.from]?.server.logged ?? GTIDPosition(),
                forecast: expectedGap().gap, canary: seen)
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
        for host in board.snapshot.liveHosts {
            _ = await act(.report, on: [host], operation: id, deadline: .seconds(2))
            await breathe()
        }
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
}
