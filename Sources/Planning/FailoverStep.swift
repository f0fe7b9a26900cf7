import ClusterModel

/// A step of a failover, where it is not one of a switch.
///
/// Nobody can write before the last of them has ended, so none of them waits for the journal.
package enum FailoverStep: Hashable, Sendable {
    /// New connections to the write ports wait, and no router sends any to the old primary.
    case turnAway([HostName], from: HostName)
    /// The old primary takes no more writes: by its manager, else from outside, else because its lease has ended.
    /// `force`: also where none of that is certain.
    case fence(HostName, force: Bool)
    /// No replica receives any more, so that positions stand still; the one that has received most is promoted.
    case choose([HostName], target: HostName?, force: Bool)
    /// The candidate executes all that it has received.
    case apply(HostName)
    /// One of `others`, or a server of another site, may hold what the candidate has not: all are asked.
    case ask(HostName, others: [HostName])
    /// The candidate fetches what only another server holds, by what was heard.
    case fetch(HostName)
    /// Replicas begin to follow the candidate, beside all that comes next: its first commit waits for one.
    case follow([HostName], HostName)
    /// The point of no return: the site agrees on the new primary, and sets the old one aside.
    case promote(HostName, insteadOf: HostName)
    /// The new primary takes writes. Its sequence numbers jump: a server that holds lost transactions stops loudly.
    case open(HostName)
    /// Routers lead where the site's records say, and let the held connections through.
    case admit([HostName])

    /// The step that takes this one back.
    ///
    /// A fence needs none: the manager of a primary that was not replaced opens it again. Nor has stopped receiving:
    /// the managers start replication again as soon as the operation has ended.
    package var undo: FailoverStep? {
        if case .turnAway(let routers, _) = self { return .admit(routers) }
        return nil
    }

    /// The step's name in the journal.
    package var word: String {
        switch self {
        case .turnAway: "turn-away"
        case .fence: "fence"
        case .choose: "choose"
        case .apply: "apply"
        case .ask: "ask"
        case .fetch: "fetch"
        case .follow: "follow"
        case .promote: "promote"
        case .open: "open-ahead"
        case .admit: "admit"
        }
    }

    package var isPointOfNoReturn: Bool {
        if case .promote = self { return true }
        return false
    }
}
