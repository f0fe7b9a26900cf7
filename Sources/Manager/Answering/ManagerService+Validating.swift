import AdminProtocol
import ClusterModel
import Planning

extension ManagerService {
    /// `cluster validate` in the classic words (facts 2.10), over etcd's real majority: there a witness's vote counts
    /// as much as any.
    func validate() async -> Outcome {
        let snapshot = board.snapshot
        let shape = snapshot.shape
        let reachable = await reachable(shape.voters)
        let live = (members: snapshot.liveHosts, witnesses: snapshot.liveWitnesses)
        func list(_ names: [HostName]) -> String { names.map(\.description).joined(separator: ", ") }
        let bar = String(repeating: "=", count: 72)
        let isPrimary =
            board.hasQuorum && (live.members.contains(board.host) || live.witnesses.contains(board.host))
        let instead =
            shape.witnesses.isEmpty
            ? "" : " OR \(shape.majority - 1) DB MEMBERS PLUS AT LEAST 1 ACTIVE WITNESS"
        var lines = [
            bar, "CHECKING FOR QUORUM: MUST BE AT LEAST \(shape.majority) DB MEMBERS\(instead)",
            "QUORUM SET MEMBERS ARE: \(list(shape.voters))",
            "SIMPLE MAJORITY SIZE: \(shape.majority)",
            "GC VIEW OF CURRENT DB MEMBERS IS: \(list(live.members))",
            "VALIDATED DB MEMBERS ARE: \(list(live.members.filter(reachable.contains)))",
            "REACHABLE DB MEMBERS ARE: \(list(shape.hosts.filter(reachable.contains)))",
        ]
        if !shape.witnesses.isEmpty {
            lines += [
                "GC VIEW OF CURRENT ACTIVE WITNESS MEMBERS IS: \(list(live.witnesses))",
                "VALIDATED ACTIVE WITNESS MEMBERS ARE: \(list(live.witnesses.filter(reachable.contains)))",
                "REACHABLE ACTIVE WITNESS MEMBERS ARE: \(list(shape.witnesses.filter(reachable.contains)))",
            ]
        }
        lines.append(bar)
        if isPrimary {
            lines += [
                "MEMBERSHIP IS VALID BASED ON VIEW/VALIDATED CONSOLIDATED MEMBERS CONSISTENCY",
                live.members.count >= shape.majority
                    ? "CONCLUSION: I AM IN A PRIMARY PARTITION OF \(live.members.count) DB MEMBERS OUT OF THE REQUIRED"
                        + " MAJORITY OF \(shape.majority)"
                    : "CONCLUSION: I AM IN A PRIMARY PARTITION WITH \(live.members.count) VALIDATED DB MEMBERS AND"
                        + " \(live.witnesses.count) VALIDATED ACTIVE WITNESSES",
                "VALIDATION STATUS=VALID CLUSTER", "ACTION=NONE",
            ]
        } else {
            lines += [
                "CONCLUSION: I AM IN A NON-PRIMARY PARTITION OF \(live.members.count + live.witnesses.count) MEMBERS OUT"
                    + " OF A REQUIRED MAJORITY SIZE OF \(shape.majority)",
                "VALIDATION STATUS=INVALID CLUSTER", "ACTION=NONE",
                "  bring back managers until \(shape.majority) hosts have theirs; where the others are lost for good,"
                    + " on the host that is to go on: cctrl-manager --last-man-standing",
            ]
        }
        lines += conditions(snapshot)
        return Outcome(lines: lines)
    }

    private func reachable(_ hosts: [HostName]) async -> Set<HostName> {
        await withTaskGroup(of: HostName?.self) { group in
            for host in hosts {
                group.addTask { [board, peers] in
                    if host == board.host { return host }
                    return await peers.ping(host) == nil ? nil : host
                }
            }
            return await group.reduce(into: []) { found, host in
                if let host { found.insert(host) }
            }
        }
    }

    /// What a person must see to, on every host; and which members of etcd work, where managers run them.
    private func conditions(_ snapshot: SiteSnapshot) -> [String] {
        var lines: [String] = []
        let hosts = snapshot.shape.voters.sorted()
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
