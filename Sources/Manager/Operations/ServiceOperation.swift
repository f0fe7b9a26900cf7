import AdminProtocol
import ClusterModel
import Planning

/// Commands that reach through to a host: service scripts and the heartbeat.
extension Coordinator {
    func runService(
        _ call: RunServiceCall, components: [String], by author: String
    ) async throws(Refusal) -> Outcome {
        let hosts = try checked(call, components: components)
        return try await journaled(call.verb == .status ? nil : CommandText.of(call), by: author) {
            () async throws(Refusal) in try await run(call, on: hosts)
        }
    }

    /// The hosts that a service command is for.
    func checked(_ call: RunServiceCall, components: [String]) throws(Refusal) -> [HostName] {
        guard components.contains(call.component) else {
            throw Refusal(
                .noSuchComponent,
                "there is no component '\(call.component)'; known are \(components.sorted().joined(separator: ", "))",
                hint: "service \(call.host?.description ?? "*")/mysql status")
        }
        let hosts: [HostName]
        if let host = call.host { hosts = [try known(host)] } else { hosts = board.shape.hosts }
        try refuseHarm(call, hosts)
        return hosts
    }

    private func run(_ call: RunServiceCall, on hosts: [HostName]) async throws(Refusal) -> Outcome {
        let replies = await act(
            .service(call.component, call.verb), on: hosts, operation: "", deadline: .seconds(120))
        var lines: [String] = []
        var failures: [Refusal] = []
        for (host, reply) in replies.sorted(by: { $0.key < $1.key }) {
            switch reply {
            case .success(let answer):
                lines += hosts.count == 1 ? answer.lines : answer.lines.map { "\(host): \($0)" }
            case .failure(let refusal):
                failures.append(refusal)
                lines.append("\(host): \(refusal.message)")
            }
        }
        if let first = failures.first, failures.count == hosts.count { throw first }
        if call.verb != .status {
            // The command's effect is seen by the site when the command returns.
            let stopped = call.verb == .stop
            _ = await wait(.seconds(10)) { snapshot in
                hosts.allSatisfy { host in
                    guard let report = snapshot.reports[host] else { return true }
                    let state = call.component == "mysql" ? report.server.state : report.router.state
                    return (state == .stopped) == stopped
                }
            }
        }
        if lines.isEmpty, call.verb != .status {
            lines = hosts.compactMap { host in
                guard let report = board.snapshot.reports[host] else { return nil }
                let state = call.component == "mysql" ? report.server.state : report.router.state
                return "Service '\(host)/\(call.component)' is now \(state.rawValue)"
            }
        }
        return Outcome(lines: lines, complete: failures.isEmpty)
    }

    /// Stopping the only server that takes writes is never meant by the way.
    private func refuseHarm(_ call: RunServiceCall, _ hosts: [HostName]) throws(Refusal) {
        guard call.component == "mysql", call.verb == .stop || call.verb == .restart, !call.force,
            let primary = board.snapshot.primary, hosts.contains(primary),
            board.snapshot.record(of: primary).state == .online, board.snapshot.policy != .maintenance
        else { return }
        throw Refusal(
            .forceNeeded,
            "'\(primary)' is the primary: its server's \(call.verb.rawValue) ends all writes; nothing was changed",
            hint: "switch first; or: set policy maintenance; or: set force true, and the same command again")
    }

    /// One small write on the primary, and a look at who has it.
    func heartbeat(by author: String) async throws(Refusal) -> Outcome {
        try await journaled("cluster heartbeat", by: author) { () async throws(Refusal) in try await beat() }
    }

    private func beat() async throws(Refusal) -> Outcome {
        guard let primary = board.snapshot.primary else { throw RefusalText.refusal(.noPrimary) }
        let position = try await act(.heartbeat, on: primary, operation: "").position ?? GTIDPosition()
        let beat = position.only(board.shape.domain)
        let targets = board.snapshot.replicas.filter { host in
            board.snapshot.record(of: host).state == .online
                && board.snapshot.reports[host]?.server.state == .online
        }
        let replies = await act(
            .awaitPosition(beat, milliseconds: 10_000), on: targets, operation: "")
        var late: [HostName] = []
        for (host, reply) in replies {
            if case .failure = reply { late.append(host) }
        }
        var lines = [
            "HEARTBEAT \(beat) ON '\(primary)@\(board.shape.name)' APPLIED BY \(targets.count - late.count) REPLICAS"
        ]
        for host in late.sorted() { lines.append("FOLLOW-UP: '\(host)' has not applied it after 10 s") }
        return Outcome(lines: lines, complete: late.isEmpty)
    }
}
