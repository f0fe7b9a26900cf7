import ClusterModel
import SandboxKit

/// What the processes of a host stand on: its disks, its clock, its certificate.
extension FaultCluster {
    /// Does it, waits its length, and takes it back at once: what comes of it afterwards is the cluster's affair.
    func disturb(_ host: HostName, _ fault: PlannedFault, _ started: (String) -> Void) async throws {
        switch fault.kind {
        case .diskFull, .etcdDiskFull:
            let place = try Place("\(host)/\(fault.kind == .diskFull ? "mysql" : "etcd")")
            started("fill the disk of \(place)\(duration(fault))")
            try await sandbox.besideTasks { try $0.fill(place) }
        case .clockJump:
            guard let seconds = fault.choice(of: [3600.0, -3600]) else { return }
            started("set the clock of \(host) by \(Int(seconds)) s\(duration(fault))")
            try await sandbox.besideTasks { try $0.setClock(host, ahead: seconds) }
        default:
            started("an expired certificate at \(host), and its manager anew\(duration(fault))")
            try await sandbox.besideTasks { try $0.renewCertificate(of: host, days: nil) }
            try await control(.kill, host, .manager)
            try await control(.start, host, .manager)
        }
        try await pause(fault.length)
        try await sandbox.besideTasks { try $0.restoreGround() }
    }
}

extension Sandbox {
    /// The kinds of faults that this sandbox can do.
    package func kinds() throws -> [FaultKind] {
        let ground = try ground()
        return FaultKind.allCases.filter { kind in
            switch kind.need {
            case nil: true
            case .network: hasNetwork
            case .serverDisks: ground.serverDisks
            case .etcdDisks: ground.etcdDisks
            case .clocks: ground.clocks
            }
        }
    }
}

extension FaultKind {
    /// How a sandbox gets what it needs for this.
    package var preparation: String {
        switch need {
        case nil: "nothing"
        case .network: "hosts with a network of their own: up --netns"
        case .serverDisks:
            "disks of their own under all servers: cctrl-sandbox disk HOST/mysql, for each host"
        case .etcdDisks:
            "disks of their own under all etcd members: cctrl-sandbox disk HOST/etcd, for each host"
        case .clocks: "clocks that can be set: cctrl-sandbox clock HOST 0 for each host, then down and up"
        }
    }
}
