import AdminProtocol
import ClusterModel

/// What is known of one other site: who takes its writes, and from which of its servers they are read no more.
///
/// A connection that nobody serves tries again every second. When a primary that was replaced comes back before the
/// connection was turned away from it, what it logged last and had no receipt for would be read here: other transactions
/// have those numbers by then, and this site could not follow the new primary.
struct NeighbourSight: Sendable {
    /// Where the site's writes are read.
    enum Source: Hashable, Sendable {
        case host(HostName)
        /// Another server is promoted instead of this one, and has not been named yet.
        case leaving(HostName)
        /// None of the site's managers has answered for a while: another server may have been promoted there.
        case unknown
    }

    /// Managers are asked every 0.7 s, and three that are silent one after the other for a second each.
    static let silence = Duration.seconds(5)
    /// A manager may hear of the operation that leaves a server later than those whom the coordinator tells of it.
    static let patience = Duration.seconds(3)

    /// The last answer, however old.
    private(set) var answer: Neighbour?
    private var heardAt: ContinuousClock.Instant?
    private var left: (host: HostName, at: ContinuousClock.Instant)?

    mutating func hear(_ answer: Neighbour, at now: ContinuousClock.Instant) {
        self.answer = answer
        heardAt = now
        guard let left else { return }
        let hasAnother = answer.primary != nil && answer.primary != left.host
        let isOver = answer.changing != true && left.at.duration(to: now) >= Self.patience
        if hasAnother || isOver { self.left = nil }
    }

    /// The site takes the writer's role from one of its servers.
    mutating func leave(_ host: HostName, at now: ContinuousClock.Instant) { left = (host, now) }

    func source(at now: ContinuousClock.Instant) -> Source {
        if let left { return .leaving(left.host) }
        guard let primary = answer?.primary, let heardAt, heardAt.duration(to: now) < Self.silence else {
            return .unknown
        }
        return .host(primary)
    }
}
