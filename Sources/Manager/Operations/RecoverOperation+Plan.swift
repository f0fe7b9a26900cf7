import AdminProtocol
import ClusterModel
import Planning

/// `recover --plan`, `datasource <ds> recover --plan`, `datasource <ds> reprovision --plan`.
extension Coordinator {
    func planRecovery(
        of hosts: [HostName], _ command: String, force: Bool
    ) async throws(Refusal) -> PlanReport {
        let snapshot = board.snapshot
        guard let primary = snapshot.primary else { throw RefusalText.refusal(.noPrimary) }
        if let running = snapshot.operation { throw RefusalText.refusal(.operationRunning(running)) }
        let state = snapshot.policy == .automatic ? "ONLINE" : "OFFLINE"
        var report = PlanReport(command: command, steps: [])
        for host in hosts {
            guard let server = snapshot.reports[host]?.server else {
                report.notes.append("'\(host)' cannot be recovered: its manager does not answer")
                continue
            }
            let serves = server.state == .online
            if host == primary {
                if !serves { report.steps.append("start the server of '\(host)' and wait until it serves") }
                report.steps.append("let '\(host)' take writes again, when it has all that a replica has")
            } else {
                let divergence =
                    serves ? try await judge(host, operation: "") : await judgeStopped(host, operation: "")
                await plan(host, primary, divergence, server, force, into: &report)
            }
            report.records.append(
                PlannedRecord(
                    key: StoreKey.dataSource(host).path, before: PlanText.text(snapshot.record(of: host)),
                    after: host == primary ? "master:ONLINE" : "slave:\(state)"))
        }
        if hosts.isEmpty { report.notes.append("nothing is to be recovered: every data source is ONLINE") }
        return report
    }

    private func plan(
        _ host: HostName, _ primary: HostName, _ divergence: Divergence?, _ server: ServerReport,
        _ force: Bool, into report: inout PlanReport
    ) async {
        let serves = server.state == .online
        if case .ahead(let tail)? = divergence {
            report.steps.append(
                "save what only '\(host)' has to files there: transactions \(tail.description)")
            if !serves {
                report.steps += [
                    "start the server of '\(host)': after a crash it takes back what nobody had confirmed",
                    "if it still has transactions of its own: the following, else let it follow '\(primary)'",
                ]
            }
            if !force {
                report.notes.append(
                    "refused without force where clients may have been told that those transactions are safe")
            }
            return await planCopy(to: host, named: nil, primary, into: &report)
        }
        if !serves {
            report.steps.append("start the server of '\(host)' and wait until it serves")
            if divergence == nil {
                report.steps.append("make sure that '\(host)' has nothing that was never taken over")
            }
        }
        switch divergence {
        case .clean?: report.notes.append("'\(host)' has what '\(primary)' has, and nothing else")
        case .behind(let gtid)?:
            report.notes.append("'\(host)' is behind, at \(gtid?.description ?? "the beginning")")
        default: break
        }
        let error = server.links.first(where: \.isLocal)
        guard serves, let divergence, case .copy = RejoinPlanner.way(divergence, after: error) else {
            return report.steps.append("let '\(host)' follow '\(primary)' and wait until it does")
        }
        report.steps.append("let '\(host)' follow '\(primary)'; if it is refused again: the following")
        report.notes.append("'\(host)' cannot follow: \(error?.errorText ?? "")")
        await planCopy(to: host, named: nil, primary, into: &report)
    }

    private func planCopy(
        to host: HostName, named: HostName?, _ primary: HostName, into report: inout PlanReport
    ) async {
        do throws(Refusal) {
            let need = try await copyNeed(host, named: named)
            report.steps += [
                "copy the data of '\(need.donor)' (about \(need.bytes >> 20) MiB) beside that of '\(host)', over the"
                    + " managers' connection, while it serves",
                "stop the server of '\(host)', put the copy in the place of its data, start it, set its position",
                "let '\(host)' follow '\(primary)' and wait until it does",
            ]
            report.notes.append("the former data stays beside the new until somebody removes it")
        } catch {
            report.notes.append("no copy can be made: \(error.message)")
        }
    }

    func plan(_ call: ReprovisionCall) async throws(Refusal) -> PlanReport {
        try check(call)
        let snapshot = board.snapshot
        guard let primary = snapshot.primary else { throw RefusalText.refusal(.noPrimary) }
        var report = PlanReport(
            command: CommandText.of(call),
            steps: ["save to files what only '\(call.name)' has, if there is anything"],
            records: [
                PlannedRecord(
                    key: StoreKey.dataSource(call.name).path,
                    before: PlanText.text(snapshot.record(of: call.name)),
                    after: snapshot.policy == .automatic ? "slave:ONLINE" : "slave:OFFLINE")
            ])
        await planCopy(to: call.name, named: call.source, primary, into: &report)
        return report
    }
}
