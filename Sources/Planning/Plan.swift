import ClusterModel

/// A change of the cluster: what will be done, in order, and how each step is taken back.
package struct Plan: Hashable, Sendable {
    /// The primary before.
    package var from: HostName
    /// The primary after.
    package var to: HostName
    /// What runs side by side, in order.
    package var stages: [[PlanStep]]

    package var steps: [PlanStep] { stages.flatMap(\.self) }
}

/// One step of a plan.
///
/// Steps on several hosts run side by side.
package enum PlanStep: Hashable, Sendable {
    /// Stop the primary's own replication connections: a read lock beside parallel appliers can hang the server.
    case quietLinks(HostName)
    /// Other replicas follow the candidate already, so that its first commit as the primary finds one to confirm it.
    case attach([HostName], to: HostName)
    /// Bring the candidate near before anything is held.
    case approach(candidate: HostName, primary: HostName)
    /// Transactions that are open end, by themselves or by `cut`: a freeze would wait for the one kind, and the
    /// sessions of the other be cut.
    case endTransactions(HostName, cut: Bool)
    /// New connections to the write ports wait.
    case holdRouters([HostName])
    /// Short sessions end by themselves.
    case drainRouters([HostName], primary: HostName)
    /// No transaction commits on the primary.
    case freeze(HostName)
    /// Routers leave the old primary, and cut what is left of its sessions.
    case leave([HostName], primary: HostName)
    /// The candidate executes everything that the frozen primary has logged.
    case catchUp(candidate: HostName, primary: HostName)
    /// The old primary takes no more writes.
    case close(HostName)
    /// The point of no return: the site agrees on the new primary.
    case record(primary: HostName, old: HostName)
    case open(HostName)
    /// Routers send writes to the new primary, and let the held connections through.
    case releaseRouters([HostName], primary: HostName)
    case thaw(HostName)
    /// Every server takes its place behind the new primary.
    case settle([HostName])

    /// The step that takes this one back; nil where none is needed, or where nothing may be taken back any more.
    package func undo(from primary: HostName) -> PlanStep? {
        switch self {
        case .quietLinks(let host): .settle([host])
        case .attach(let replicas, _): .settle(replicas)
        case .holdRouters(let routers): .releaseRouters(routers, primary: primary)
        case .freeze(let host): .thaw(host)
        case .leave(let routers, let primary): .releaseRouters(routers, primary: primary)
        case .close(let host): .open(host)
        case .approach, .endTransactions, .drainRouters, .catchUp, .record, .open, .releaseRouters, .thaw,
            .settle:
            nil
        }
    }

    /// The step's name in the journal and in forecasts.
    package var word: String {
        switch self {
        case .quietLinks: "quiet-links"
        case .attach: "attach"
        case .approach: "approach"
        case .endTransactions: "transactions"
        case .holdRouters: "hold"
        case .drainRouters: "drain"
        case .freeze: "freeze"
        case .leave: "leave"
        case .catchUp: "catch-up"
        case .close: "close"
        case .record: "record"
        case .open: "open"
        case .releaseRouters: "release"
        case .thaw: "thaw"
        case .settle: "settle"
        }
    }

    /// Whether nobody can write while the step runs.
    package var isInGap: Bool { Self.gap.contains(word) }

    /// Steps during which nobody can write: their times together are the gap that clients see.
    package static let gap: Set<String> = [
        "freeze", "leave", "catch-up", "close", "record", "open", "release",
    ]

    /// From here on an operation is driven forward, never taken back.
    package var isPointOfNoReturn: Bool {
        if case .record = self { return true }
        return false
    }
}
