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

    /// Whether the role moves without the old primary's help.
    package var isFailover: Bool { steps.contains { $0.failover != nil } }

    /// Stages that can be taken back and tried again together: nobody has lost a session by the last of them, and writes
    /// have waited for a moment only.
    package func stages(of retreat: Retreat) -> ClosedRange<Int>? {
        func stage(_ word: String) -> Int? { stages.firstIndex { $0.contains { $0.word == word } } }
        guard let first = stage(retreat.rawValue), let last = stage("catch-up"), first <= last else {
            return nil
        }
        return first...last
    }
}

/// How far a plan goes back to try again: to the stage of this name.
package enum Retreat: String, Hashable, Sendable, CaseIterable {
    /// While new connections wait on: the candidate came too late, or a statement ran too long.
    case attempt = "near"
    /// Clients go on meanwhile, as if nothing had been.
    case round = "transactions"
}

/// How long writes may wait in a switch, in milliseconds: what would take longer is taken back.
package struct GapLimits: Hashable, Sendable {
    /// Running statements may keep the freeze from being granted for so long.
    package var freeze: Int
    /// Freeze and catch-up together: the candidate may need for what was written last what the freeze has left of it.
    package var catchUp: Int
    /// The gap as a whole, as far as it can be foreseen when the candidate has caught up.
    package var whole: Int
    /// A candidate is near that executes within this what the primary has just logged.
    package var near: Int { max(1, catchUp / 2) }
    /// Clients may wait so long for a new connection before no more attempt is begun.
    package static let hold = 1500
    /// The same where the gap is foreseen to be too long: that hardly changes while clients wait, and who connects for
    /// every write waits all the time.
    package static let foreseen = 300
    /// So often clients are let go and it is begun anew after a second: another process may have had the host's
    /// processors just then.
    package static let rounds = 3
    package static let pause = Duration.seconds(1)

    /// - Parameters:
    ///   - total: for the gap as a whole; what follows the catch-up takes the other half.
    ///   - force: whether a longer gap is accepted.
    package init(total: Int, force: Bool) {
        freeze = force ? max(500, total) : min(500, total)
        catchUp = force ? max(2000, total) : max(1, total / 2)
        whole = force ? max(5000, total) : total
    }

    /// New connections wait no longer, in milliseconds, whatever becomes of the managers: all attempts and the gap.
    ///
    /// 10 s is the most that routers accept.
    package var longestHold: Int { min(10_000, max(5000, Self.hold + near + whole + Self.slack)) }
    /// A freeze ends by itself after so many milliseconds.
    package var longestFreeze: Int { max(5000, whole + Self.slack) }
    private static let slack = 1500
}

/// One step of a plan.
///
/// Steps on several hosts run side by side.
package enum PlanStep: Hashable, Sendable {
    /// Stop the primary's own replication connections: a read lock beside parallel appliers can hang the server.
    case quietLinks(HostName)
    /// The candidate begins a new file of its binary log: who connects to it has it read the file from the beginning.
    ///
    /// Before anybody stops to receive, or those would begin in the file before.
    case beginLogFile(HostName)
    /// No event of the scheduler begins on the primary any more: who has defined one may write where nobody else can.
    ///
    /// `must`: else it goes on where that cannot be had.
    case restEvents(HostName, must: Bool)
    /// Other replicas follow the candidate already, so that its first commit as the primary finds one to confirm it.
    ///
    /// `must`: one at least, unless they fail; else the first commits would wait until one has come over.
    case attach([HostName], to: HostName, must: Bool)
    /// Bring the candidate near before anything is held: `within` milliseconds of the primary.
    case approach(candidate: HostName, primary: HostName, within: Int)
    /// Transactions that are open end, by themselves or by `cut`: a freeze would wait for the one kind, and the
    /// sessions of the other be cut.
    case endTransactions(HostName, cut: Bool)
    /// New connections to the write ports wait, for `limit` milliseconds at most.
    case holdRouters([HostName], limit: Int)
    /// Short sessions end by themselves; then routers turn to the next primary, for connections that come later.
    case drainRouters([HostName], primary: HostName, next: HostName)
    /// The candidate is `within` milliseconds of the primary still.
    case near(candidate: HostName, primary: HostName, within: Int)
    /// No transaction commits on the primary, for `expiry` milliseconds at most; running statements have `limit` to end.
    case freeze(HostName, limit: Int, expiry: Int)
    /// The candidate executes everything that the frozen primary has logged, within `limit` milliseconds of the freeze's
    /// begin; then what is left must fit into `gap` too, by what it took a moment before.
    case catchUp(candidate: HostName, primary: HostName, limit: Int, gap: Int)
    /// Routers leave the old primary, and cut what is left of its sessions.
    case leave([HostName], primary: HostName)
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
    case failover(FailoverStep)

    package var failover: FailoverStep? {
        if case .failover(let step) = self { return step }
        return nil
    }

    /// The step that takes this one back; nil where none is needed, or where nothing may be taken back any more.
    package func undo(from primary: HostName) -> PlanStep? {
        switch self {
        case .quietLinks(let host), .restEvents(let host, _): .settle([host])
        case .attach(let replicas, _, _): .settle(replicas)
        case .holdRouters(let routers, _): .releaseRouters(routers, primary: primary)
        case .freeze(let host, _, _): .thaw(host)
        case .leave(let routers, let primary): .releaseRouters(routers, primary: primary)
        case .close(let host): .open(host)
        case .failover(.follow(let replicas, _)): .settle(replicas)
        case .failover(let step): step.undo.map(PlanStep.failover)
        // What a drain turned goes back with the hold.
        case .beginLogFile, .approach, .endTransactions, .drainRouters, .near, .catchUp, .record, .open,
            .releaseRouters, .thaw, .settle:
            nil
        }
    }

    /// The step's name in the journal and in forecasts.
    package var word: String {
        switch self {
        case .quietLinks: "quiet-links"
        case .beginLogFile: "log-file"
        case .restEvents: "events"
        case .attach: "attach"
        case .approach: "approach"
        case .endTransactions: "transactions"
        case .holdRouters: "hold"
        case .drainRouters: "drain"
        case .near: "near"
        case .freeze: "freeze"
        case .catchUp: "catch-up"
        case .leave: "leave"
        case .close: "close"
        case .record: "record"
        case .open: "open"
        case .releaseRouters: "release"
        case .thaw: "thaw"
        case .settle: "settle"
        case .failover(let step): step.word
        }
    }

    /// Whether nobody can write while the step runs.
    package var isInGap: Bool { failover != nil || Self.gap.contains(word) }

    /// Whether clients wait, or have been let through only now: whatever else the hosts do keeps them waiting.
    package var isPressing: Bool {
        switch self {
        case .drainRouters, .near, .thaw: true
        default: isInGap
        }
    }

    /// Steps of a switch during which nobody can write: their times together are the gap that clients see.
    package static let gap: Set<String> = [
        "freeze", "catch-up", "leave", "close", "record", "open", "release",
    ]

    /// From here on an operation is driven forward, never taken back.
    package var isPointOfNoReturn: Bool {
        if case .record = self { return true }
        return failover?.isPointOfNoReturn ?? false
    }
}
