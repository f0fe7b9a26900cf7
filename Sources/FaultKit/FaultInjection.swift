import ClusterModel
import SandboxKit
import SiteConfiguration

extension FaultCluster {
    /// Does what the fault says to whom it means now, tells `started` what that is, and waits its length.
    func inject(_ fault: PlannedFault, started: (String) -> Void) async throws {
        let primary = try await primary(fault.site)
        let replicas = hosts(of: fault.site).filter { $0 != primary }
        guard let replica = fault.choice(of: replicas), let any = fault.choice(of: hosts(of: fault.site))
        else {
            throw FaultError("the site '\(fault.site)' has no replica")
        }
        switch fault.kind {
        case .primaryKill: try await act(.kill, primary, .mysql, fault, started)
        case .primaryStop: try await act(.stop, primary, .mysql, fault, started)
        case .replicaKill: try await act(.kill, replica, .mysql, fault, started)
        case .replicaStop: try await act(.stop, replica, .mysql, fault, started)
        case .coordinatorKill: try await act(.kill, coordinator(fault.site), .manager, fault, started)
        case .coordinatorStop: try await act(.stop, coordinator(fault.site), .manager, fault, started)
        case .managerKill:
            let coordinator = try await coordinator(fault.site)
            let others = hosts(of: fault.site).filter { $0 != coordinator }
            try await act(.kill, fault.choice(of: others) ?? primary, .manager, fault, started)
        case .managerStop: try await act(.stop, primary, .manager, fault, started)
        case .managerFreezeLong: try await act(.stop, primary, .manager, fault, started)
        case .diskFull, .etcdDiskFull, .clockJump, .certificateExpired:
            try await disturb(fault.kind == .etcdDiskFull ? any : primary, fault, started)
        case .routerKill: try await act(.kill, any, .router, fault, started)
        case .etcdKill: try await act(.kill, any, .etcd, fault, started)
        case .etcdStop: try await act(.stop, any, .etcd, fault, started)
        case .etcdsKill:
            started("kill the etcd members of \(primary) and \(replica)\(duration(fault))")
            for host in [primary, replica] { try await control(.kill, host, .etcd) }
            try await pause(fault.length)
        case .hostKill: try await act(.kill, primary, nil, fault, started)
        case .replicaHostKill: try await act(.kill, replica, nil, fault, started)
        case .hostStop: try await act(.stop, primary, nil, fault, started)
        case .replicasKill:
            let names = replicas.map(\.description).joined(separator: " and ")
            started("kill the servers of \(names)\(duration(fault))")
            for host in replicas { try await control(.kill, host, .mysql) }
            try await pause(fault.length)
        case .hostCut: try await cut([primary], [], false, fault, started)
        case .replicaHostCut: try await cut([replica], [], false, fault, started)
        case .hostMute: try await cut([primary], [], true, fault, started)
        case .hostDeaf:
            try await cut(hosts.filter { $0 != primary }, [primary], true, fault, started)
        case .pairCut: try await cut([primary], [replica], false, fault, started)
        case .siteCut:
            let others = hosts.filter { !hosts(of: fault.site).contains($0) }
            try await cut(hosts(of: fault.site), others, false, fault, started)
        case .delay:
            let times = [5, 20, 80, 200].map { ($0, $0 / 4) }
            guard let (time, jitter) = fault.choice(of: times) else { return }
            started("packets of \(primary) take \(time) ms longer, give or take \(jitter)")
            try await sandbox.besideTasks {
                try $0.delay([primary.description], by: time * 1000, jitter: jitter * 1000)
            }
            try await pause(fault.length)
        case .loss:
            guard let share = fault.choice(of: [1, 3, 10]) else { return }
            started("\(share)% of the packets of \(primary) get lost")
            try await sandbox.besideTasks { try $0.lose(Double(share) / 100, [primary.description]) }
            try await pause(fault.length)
        case .planned:
            started("switch, at \(any)")
            try await cctrl(any, "switch")
        case .manual: try await failoverByHand(primary, replica, fault, started)
        }
    }

    func duration(_ fault: PlannedFault) -> String {
        fault.length == .zero ? "" : " for \(seconds(fault.length / .seconds(1))) s"
    }

    private func act(
        _ verb: ControlVerb, _ host: HostName, _ component: Component?, _ fault: PlannedFault,
        _ started: (String) -> Void
    ) async throws {
        let place = component.map { "\(host)/\($0.rawValue)" } ?? host.description
        let word = verb == .stop ? "freeze" : "kill"
        started("\(word) \(place)\(duration(fault))")
        try await control(verb, host, component)
        try await pause(fault.length)
    }

    private func cut(
        _ some: [HostName], _ others: [HostName], _ oneWay: Bool, _ fault: PlannedFault,
        _ started: (String) -> Void
    ) async throws {
        let (left, right) = (some.map(\.description), others.map(\.description))
        let far = right.isEmpty ? "all others" : right.joined(separator: ",")
        started(
            "cut \(left.joined(separator: ",")) \(oneWay ? "->" : "<->") \(far)\(duration(fault))")
        try await sandbox.besideTasks { try $0.cut(left, from: right, oneWay: oneWay) }
        try await pause(fault.length)
    }

    /// Nothing happens by itself under MANUAL: an operator sees the dead primary and types `failover`.
    private func failoverByHand(
        _ primary: HostName, _ replica: HostName, _ fault: PlannedFault, _ started: (String) -> Void
    ) async throws {
        guard try await cctrl(replica, "set policy manual") else {
            return started("nothing: no policy MANUAL")
        }
        started("kill \(primary)/mysql, failover at \(replica)")
        try await control(.kill, primary, .mysql)
        for _ in 0..<20 {
            if try await cctrl(replica, "failover") { break }
            try await pause(.milliseconds(300))
        }
        try await pause(fault.length)
        try await mend()
        try await cctrl(replica, "recover")
        for _ in 0..<20 {
            if try await cctrl(replica, "set policy automatic") { break }
            try await pause(.milliseconds(300))
        }
    }
}
