/// What a fault does to a site.
///
/// The words are those of `--kinds` and of the log.
package enum FaultKind: String, CaseIterable, Sendable {
    /// SIGKILL of the primary's server; the system starts it again after a while.
    case primaryKill = "primary-kill"
    /// SIGSTOP of the primary's server, and SIGCONT after a while: it hangs.
    case primaryStop = "primary-stop"
    case replicaKill = "replica-kill"
    case replicaStop = "replica-stop"
    /// Both replicas of three: nobody is left to acknowledge.
    case replicasKill = "replicas-kill"
    case coordinatorKill = "coordinator-kill"
    /// A manager that does not coordinate.
    case managerKill = "manager-kill"
    /// The manager beside the primary, frozen.
    case managerStop = "manager-stop"
    /// The same for up to a minute: its lease has ended many times over when it is thawed.
    case managerFreezeLong = "manager-freeze-long"
    case coordinatorStop = "coordinator-stop"
    case routerKill = "router-kill"
    case etcdKill = "etcd-kill"
    case etcdStop = "etcd-stop"
    /// Two members of three, the primary's among them: the site has no majority.
    case etcdsKill = "etcds-kill"
    /// Every process of the primary's host: its power fails.
    case hostKill = "host-kill"
    /// The same of a replica's host.
    case replicaHostKill = "replica-host-kill"
    /// Every process of the primary's host, frozen and thawed, as a virtual machine that is moved.
    case hostStop = "host-stop"
    /// The primary's host loses its network.
    case hostCut = "host-cut"
    case replicaHostCut = "replica-host-cut"
    /// Nothing that the primary's host sends arrives.
    case hostMute = "host-mute"
    /// Nothing arrives at the primary's host.
    case hostDeaf = "host-deaf"
    /// The primary's host and one replica's do not reach each other; both reach the third.
    case pairCut = "pair-cut"
    /// The sites do not reach each other.
    case siteCut = "site-cut"
    /// Packets of the primary's host take longer.
    case delay
    /// Packets of the primary's host get lost now and then.
    case loss
    /// The disk of the primary's server is full, and has room again.
    case diskFull = "disk-full"
    /// The same of some etcd member's.
    case etcdDiskFull = "etcd-disk-full"
    /// The clock of the primary's host is set by an hour, and back.
    case clockJump = "clock-jump"
    /// The primary's host gets an expired certificate, and its manager is killed and started with it; then a good one.
    case certificateExpired = "certificate-expired"
    /// A planned switch, in the middle of everything.
    case planned = "switch"
    /// Under MANUAL: the primary's server is killed, and an operator types `failover`.
    case manual = "failover"

    /// Whether it needs hosts with a network of their own.
    package var needsNetwork: Bool {
        switch self {
        case .hostCut, .replicaHostCut, .hostMute, .hostDeaf, .pairCut, .siteCut, .delay, .loss: true
        default: false
        }
    }

    /// What a sandbox must have for it besides its processes.
    package enum Need: Sendable {
        case network
        /// Disks of their own under all servers, or all etcd members.
        case serverDisks
        case etcdDisks
        /// Clocks that can be set.
        case clocks
    }

    package var need: Need? {
        switch self {
        case .diskFull: .serverDisks
        case .etcdDiskFull: .etcdDisks
        case .clockJump: .clocks
        default: needsNetwork ? .network : nil
        }
    }

    /// How long it may last, in milliseconds; the shortest are over before anybody notices.
    var length: ClosedRange<Int> {
        switch self {
        case .planned: 0...0
        case .manual: 500...3000
        case .routerKill, .etcdKill, .etcdsKill, .managerKill, .coordinatorKill: 200...5000
        case .primaryKill, .replicaKill, .replicasKill: 100...8000
        case .primaryStop, .replicaStop, .managerStop, .coordinatorStop, .etcdStop, .hostStop: 100...12_000
        case .hostKill, .replicaHostKill: 500...12_000
        case .hostCut, .replicaHostCut, .hostMute, .hostDeaf, .pairCut, .siteCut: 300...12_000
        case .delay, .loss: 2000...6000
        case .managerFreezeLong: 30_000...60_000
        case .diskFull, .etcdDiskFull, .clockJump, .certificateExpired: 1000...12_000
        }
    }
}
