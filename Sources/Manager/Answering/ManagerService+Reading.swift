import AdminProtocol
import ClusterModel
import Planning

extension ManagerService {
    func status(_ call: StatusCall) -> SiteStatus {
        board.snapshot.status(
            answeredBy: board.host, quorum: board.hasQuorum, age: board.age, includingReports: call.reports)
    }

    func members() -> [Member] {
        let snapshot = board.snapshot
        return snapshot.shape.hosts.sorted().map {
            Member(
                host: $0, address: peers.address(of: $0), port: peers.managerPort(),
                online: snapshot.reports[$0] != nil
            )
        }
    }

    func ping(_ call: PingCall) async throws(Refusal) -> [PingResult] {
        let hosts: [HostName]
        if let host = call.host {
            hosts = [try coordinator.known(host)]
        } else {
            hosts = board.shape.hosts.sorted()
        }
        let results = await withTaskGroup(of: PingResult.self) { group in
            for host in hosts {
                group.addTask { [peers] in
                    let milliseconds = await peers.ping(host)
                    return PingResult(
                        host: host, address: peers.address(of: host), reachable: milliseconds != nil,
                        milliseconds: milliseconds)
                }
            }
            return await group.reduce(into: [PingResult]()) { $0.append($1) }
        }
        return results.sorted { $0.host < $1.host }
    }

    func topology() -> Topology {
        let snapshot = board.snapshot
        return Topology(
            name: snapshot.shape.topology, site: snapshot.shape.name, primary: snapshot.primary,
            hosts: snapshot.shape.hosts, services: snapshot.services.map(serviceStatus))
    }

    private func serviceStatus(_ facts: ServiceFacts) -> ServiceStatus {
        let domain = coordinator.neighbours.domain(of: facts.name)
        let progress = domain.flatMap { domain in facts.executed.map { Int64($0.sequence(of: domain)) } }
        return ServiceStatus(
            name: facts.name, carrier: facts.carrier, source: facts.link?.sourceHost,
            state: facts.link?.state ?? .stopped,
            wanted: facts.wanted, progress: progress ?? -1, tls: facts.link?.tls ?? false,
            error: facts.link?.errorText ?? "")
    }

    func neighbour() -> Neighbour {
        let snapshot = board.snapshot
        return Neighbour(
            site: snapshot.shape.name, primary: snapshot.primary, quorum: board.hasQuorum,
            executed: snapshot.reports.mapValues(\.server.executed))
    }

    /// `cluster validate` in the classic words (facts 2.10), over etcd's real majority.
    func validate() async -> Outcome {
        let snapshot = board.snapshot
        let hosts = snapshot.shape.hosts
        let majority = snapshot.shape.majority
        let live = snapshot.liveHosts
        var reachable: [HostName] = []
        for host in hosts {
            if host == board.host {
                reachable.append(host)
            } else if await peers.ping(host) != nil {
                reachable.append(host)
            }
        }
        func list(_ names: [HostName]) -> String { names.map(\.description).joined(separator: ", ") }
        let bar = String(repeating: "=", count: 72)
        let isPrimary = board.hasQuorum && live.contains(board.host)
        var lines = [
            bar, "CHECKING FOR QUORUM: MUST BE AT LEAST \(majority) DB MEMBERS",
            "QUORUM SET MEMBERS ARE: \(list(hosts))",
            "SIMPLE MAJORITY SIZE: \(majority)", "GC VIEW OF CURRENT DB MEMBERS IS: \(list(live))",
            "VALIDATED DB MEMBERS ARE: \(list(live.filter { reachable.contains($0) }))",
            "REACHABLE DB MEMBERS ARE: \(list(reachable))", bar,
        ]
        if isPrimary {
            lines += [
                "MEMBERSHIP IS VALID BASED ON VIEW/VALIDATED CONSOLIDATED MEMBERS CONSISTENCY",
                "CONCLUSION: I AM IN A PRIMARY PARTITION OF \(live.count) DB MEMBERS OUT OF THE REQUIRED MAJORITY OF"
                    + " \(majority)",
                "VALIDATION STATUS=VALID CLUSTER", "ACTION=NONE",
            ]
        } else {
            lines += [
                "CONCLUSION: I AM IN A NON-PRIMARY PARTITION OF \(live.count) MEMBERS OUT OF A REQUIRED MAJORITY SIZE"
                    + " OF \(majority)",
                "VALIDATION STATUS=INVALID CLUSTER", "ACTION=NONE",
                "  bring back managers until \(majority) hosts have theirs; where the others are lost for good, on the"
                    + " host that is to go on: cctrl-manager --last-man-standing",
            ]
        }
        lines += conditions(snapshot)
        return Outcome(lines: lines)
    }

    /// What a person must see to, on every host; and which members of etcd work, where managers run them.
    private func conditions(_ snapshot: SiteSnapshot) -> [String] {
        var lines: [String] = []
        let hosts = snapshot.shape.hosts.sorted()
        let runsMembers = snapshot.reports.values.contains { $0.condition?.member != nil }
        if runsMembers {
            let working = hosts.filter { snapshot.reports[$0]?.condition?.member?.state == .online }
            lines.append(
                "ETCD MEMBERS THAT WORK ARE: \(working.map(\.description).joined(separator: ", "))"
                    + " (\(working.count) OF \(hosts.count), \(snapshot.shape.majority) ARE NEEDED)")
        }
        for host in hosts {
            if snapshot.reports[host] == nil {
                lines.append(
                    "PROBLEM: \(host): MANAGER STOPPED\(runsMembers ? ", ITS ETCD MEMBER IS NOT KNOWN" : "")")
            }
            for trouble in snapshot.troubles(of: host) {
                lines += ["PROBLEM: \(host): \(trouble.text)", "  \(trouble.advice)"]
            }
        }
        return lines
    }
}
