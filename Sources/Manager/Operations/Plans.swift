import AdminProtocol
import ClusterModel
import Planning

/// Commands with `--plan`: the decisions of the commands themselves, told instead of carried out.
extension Coordinator {
    /// Milliseconds that open transactions have to end, as in a switch.
    private static let transactionsMayTake = 1000

    func plan(_ change: PlannedChange, components: [String]) async throws(Refusal) -> PlanReport {
        switch change {
        case .policy(let call): return report(decide(call))
        case .dataSource(let call) where call.verb == .recover:
            return try await planRecovery(
                of: [try known(call.name)],
                CommandText.of("datasource \(call.name) recover", force: call.force), force: call.force)
        case .dataSource(let call): return report(try decide(call))
        case .replicator(let call): return report(try decide(call))
        case .router(let call): return report(try decide(call))
        case .service(let call): return try plan(call, components)
        case .move(let call): return try await plan(call)
        case .failover(let call): return try await plan(call)
        case .recover(let call):
            let broken = board.snapshot.shape.hosts.sorted().filter {
                board.snapshot.record(of: $0).state != .online
            }
            return try await planRecovery(
                of: broken, CommandText.of("recover", force: call.force), force: call.force)
        case .heartbeat: return try planHeartbeat()
        case .drain(let call): return try planDrain(call)
        case .backup(let call): return try planBackup(call)
        case .restore(let call): return try await planRestore(call)
        case .reprovision(let call): return try await plan(call)
        }
    }

    // MARK: records

    /// What becomes of records, and what the hosts' managers do because of it.
    func report(_ change: RecordChange) -> PlanReport {
        let before = board.snapshot
        let after = before.applying(change.edits)
        let differences = GoalDifference.between(before, after)
        let silent = differences.filter { before.reports[$0.host] == nil }.map(\.host)
        var report = PlanReport(
            command: change.command, steps: differences.flatMap(PlanText.lines),
            records: change.edits.map { PlanText.record($0, in: before) }.filter { $0.before != $0.after })
        if !silent.isEmpty {
            report.notes.append(
                "no answer from \(PlanText.list(silent)): done there when its manager answers again")
        }
        report.notes += change.lines.filter { $0.hasPrefix("NOTE: ") }.map { String($0.dropFirst(6)) }
        if report.records.isEmpty { report.notes.append("everything is so already") }
        return report
    }

    // MARK: operations

    private func plan(_ call: SwitchCall) async throws(Refusal) -> PlanReport {
        let snapshot = await lookedAt()
        let planned: (plan: Plan, ranking: CandidateRanking)
        do {
            planned = try SwitchPlanner.plan(
                to: call.target, in: snapshot, force: call.force, cut: call.cuts, gapLimit: gapLimit)
        } catch {
            throw RefusalText.refusal(error)
        }
        let (plan, ranking) = planned
        var report = PlanReport(
            command: CommandText.of(call), steps: plan.steps.map(PlanText.step),
            records: [
                PlannedRecord(
                    key: StoreKey.primary.path, before: plan.from.description, after: plan.to.description),
                PlannedRecord(
                    key: StoreKey.dataSource(plan.to).path,
                    before: PlanText.text(snapshot.record(of: plan.to)),
                    after: "master:ONLINE"),
                PlannedRecord(
                    key: StoreKey.dataSource(plan.from).path,
                    before: PlanText.text(snapshot.record(of: plan.from)), after: "slave:ONLINE"),
            ])
        for (host, objection) in ranking.objections.sorted(by: { $0.key < $1.key }) {
            report.notes.append("'\(host)' is no candidate: \(RefusalText.sentence(objection))")
        }
        report.forecast = await forecast(plan, ranking, snapshot)
        return report
    }

    private func forecast(
        _ plan: Plan, _ ranking: CandidateRanking, _ snapshot: SiteSnapshot
    ) async -> SwitchForecast? {
        guard let candidate = ranking.candidates.first(where: { $0.host == plan.to }) else { return nil }
        let logged = snapshot.reports[plan.from]?.server.logged.sequence(of: snapshot.shape.domain) ?? 0
        let sessions = snapshot.shape.routers.compactMap { router in
            snapshot.reports[router]?.router.byDataSource[plan.from].map {
                RouterSessions(router: router, active: $0.active)
            }
        }
        let expected = expectedGap()
        return SwitchForecast(
            from: plan.from, to: plan.to, stored: candidate.stored, applied: candidate.applied,
            missing: logged > candidate.applied ? logged - candidate.applied : 0, latency: candidate.latency,
            sessions: sessions, blockers: await blockers(on: plan.from),
            gap: expected.gap, runs: expected.runs)
    }

    /// What a switch would be refused for: it is asked as the switch asks, and nothing is ended.
    ///
    /// Transactions that end while that is waited for are in nobody's way, nor are sessions that only read, or rest.
    private func blockers(on host: HostName) async -> [String] {
        do throws(Refusal) {
            _ = try await act(
                .endTransactions(limit: Self.transactionsMayTake, cut: false), on: host, operation: "",
                deadline: .seconds(4))
            return []
        } catch  where error.code == .blockedBySession {
            return [error.message]
        } catch {
            return ["'\(host)' does not say: \(error.message)"]
        }
    }

    /// Reports of all hosts, asked for now; unlike an operation this keeps no agent from its work.
    private func lookedAt() async -> SiteSnapshot {
        var snapshot = board.snapshot
        for (host, reply) in await act(
            .report, on: snapshot.liveHosts, operation: "", deadline: .seconds(3))
        {
            snapshot.reports[host] = try? reply.get().report
        }
        return snapshot
    }

    private func plan(_ call: FailoverCall) async throws(Refusal) -> PlanReport {
        let snapshot = await lookedAt()
        do {
            var plan = try FailoverPlanner.plan(target: call.target, in: snapshot, force: call.force)
            let new = try FailoverPlanner.choose(
                target: call.target, in: snapshot, force: call.force
            ).candidate.host
            let old = plan.from
            plan.stages = plan.stages.prefix(1) + FailoverPlanner.rest(from: old, to: new, in: snapshot)
            return PlanReport(
                command: CommandText.of(call),
                steps: plan.steps.map(PlanText.step),
                records: [
                    PlannedRecord(
                        key: StoreKey.primary.path, before: old.description, after: new.description),
                    PlannedRecord(
                        key: StoreKey.dataSource(new).path, before: PlanText.text(snapshot.record(of: new)),
                        after: "master:ONLINE"),
                    PlannedRecord(
                        key: StoreKey.dataSource(old).path, before: PlanText.text(snapshot.record(of: old)),
                        after: "master:SHUNNED(FAILED-OVER-TO-\(new))"),
                ],
                notes: [
                    "'\(new)' by what is known now: another replica that has received more is taken instead"
                ])
        } catch {
            throw RefusalText.refusal(error)
        }
    }

    // MARK: hosts

    private func plan(_ call: RunServiceCall, _ components: [String]) throws(Refusal) -> PlanReport {
        let hosts = try checked(call, components: components)
        return PlanReport(
            command: CommandText.of(call),
            steps: [
                "run '\(call.verb.rawValue)' of '\(call.component)' on \(PlanText.list(hosts)), side by side"
            ])
    }

    private func planHeartbeat() throws(Refusal) -> PlanReport {
        guard let primary = board.snapshot.primary else { throw RefusalText.refusal(.noPrimary) }
        return PlanReport(
            command: "cluster heartbeat",
            steps: ["write one row on '\(primary)'", "wait until every ONLINE replica has it (at most 10 s)"])
    }
}
