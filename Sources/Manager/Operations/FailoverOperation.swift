import AdminProtocol
import ClusterModel
import Logging
import Planning
import Synchronization

/// `failover [to <ds>]`: promotes the replica that has received most, without the old primary's help.
extension Coordinator {
    func failover(_ call: FailoverCall, _ operation: Operation) async throws(Refusal) -> Outcome {
        operation.permitsAbort()
        return try await failover(call, in: await freshSnapshot(operation), operation)
    }

    /// - Parameter snapshot: what is known of the site; the replicas are asked anew when they receive no more.
    func failover(
        _ call: FailoverCall, in snapshot: SiteSnapshot, _ operation: Operation
    ) async throws(Refusal) -> Outcome {
        let plan: Plan
        do {
            plan = try FailoverPlanner.plan(target: call.target, in: snapshot, force: call.force)
        } catch {
            throw RefusalText.refusal(error)
        }
        let policy = suspendRules(operation)
        defer { resumeRules(policy, operation) }
        operation.findings.withLock { $0.snapshot = snapshot }
        let followUp = try await run(plan, operation)
        return await hasFailedOver(followUp, operation)
    }

    /// Finishes what a coordinator that went away has left of a failover on which the site had agreed: the new
    /// primary's own manager would open it too, but only after it has asked everybody what they hold.
    ///
    /// Before the agreement there is nothing to finish: the rules, or the operator, begin anew.
    func finishFailover() async {
        guard let epoch = membership.leadership?.epoch else { return }
        for record in board.journal.open(before: epoch) {
            guard let move = record.move,
                let plan = FailoverPlanner.remainder(from: move.from, to: move.to, in: board.snapshot)
            else { continue }
            guard await holdsAll(move.to, butFor: move.from) else {
                log.notice(
                    "a failover is left to the new primary's manager: others hold more",
                    metadata: ["id": "\(record.id)"])
                continue
            }
            do throws(Refusal) {
                _ = try await operate("\(record.command), resumed", by: record.by, progress: { _ in }) {
                    (operation) throws(Refusal) in
                    operation.say(
                        "GOING ON WITH \(record.id): ITS COORDINATOR '\(record.coordinator)' WENT AWAY")
                    let followUp = try await self.run(plan, operation, isDecided: true)
                    return await self.hasFailedOver(followUp, operation)
                }
            } catch {
                log.warning(
                    "a failover was not finished here: the managers do it by themselves",
                    metadata: ["id": "\(record.id)", "why": "\(error)"])
            }
        }
    }

    /// Whether nobody who answers holds more than a new primary that is closed.
    ///
    /// It may have been open, and started anew since: what was confirmed then it must read back first.
    private func holdsAll(_ new: HostName, butFor old: HostName) async -> Bool {
        let others =
            board.snapshot.replicas.filter { $0 != new && $0 != old }
            + neighbours.hosts.values.flatMap(\.self)
        let domain = board.shape.domain
        do throws(Refusal) {
            let logged = try await act(.logged, on: new, operation: "").position ?? GTIDPosition()
            let held = await Holdings.ask(others, of: domain, leaving: old, peers, log)
            return held.farthest(beyond: logged.sequence(of: domain)) == nil
        } catch {
            log.info("the new primary does not answer", metadata: ["why": "\(error.message)"])
            return false
        }
    }

    private func hasFailedOver(_ followUp: [String], _ operation: Operation) async -> Outcome {
        guard let new = operation.move?.to else { return Outcome(lines: followUp, operation: operation.id) }
        await seeInPlace(new, operation.id)
        operation.say(operation.timeLine)
        var outcome = Outcome(lines: followUp, complete: followUp.isEmpty, operation: operation.id)
        outcome.lines.append("FAILOVER TO '\(new)@\(board.shape.name)' WAS SUCCESSFUL")
        return outcome
    }
}
