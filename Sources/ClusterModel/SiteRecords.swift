/// What a site has agreed on: survives every process, changed only by the coordinator.
package struct SiteRecords: Codable, Hashable, Sendable {
    package var policy = PolicyRecord()
    /// Nil only before the site's first start.
    package var primary: PrimaryRecord?
    package var dataSources: [HostName: DataSourceRecord] = [:]
    package var routers: [HostName: Wanted] = [:]
    /// The connection inside the site, by host.
    package var replicators: [HostName: Wanted] = [:]
    /// The connections that bring other sites' writes, by the site whose writes they bring.
    package var services: [SiteName: Wanted] = [:]

    /// Nil as long as commits wait for a second copy.
    package var alone: AloneRecord?
    /// Nil until the primary has told them.
    package var events: EventsRecord?

    package init() {}
}

/// The site runs without a second copy of its newest writes, by decision: no replica could confirm them.
///
/// It ends in steps: commits wait again, then a replica has all that was written before that.
package struct AloneRecord: Codable, Hashable, Sendable {
    package var since: WallTime
    /// Commits wait for receipts again; what was written before may still exist only once.
    package var waits: Bool
    /// What the primary had logged when commits were seen to wait again; nil before that.
    package var position: GTIDPosition?

    package init(since: WallTime, waits: Bool = false, position: GTIDPosition? = nil) {
        self.since = since
        self.waits = waits
        self.position = position
    }
}

/// What an operator wants of a component.
package enum Wanted: String, Codable, Sendable {
    case online = "ONLINE"
    case offline = "OFFLINE"
}

/// How much the managers do by themselves, and since when.
package struct PolicyRecord: Codable, Hashable, Sendable {
    package var policy: Policy = .automatic
    package var changedAt: WallTime = WallTime(milliseconds: 0)

    package init(policy: Policy = .automatic, changedAt: WallTime = WallTime(milliseconds: 0)) {
        self.policy = policy
        self.changedAt = changedAt
    }
}

/// Which host takes the site's writes.
package struct PrimaryRecord: Codable, Hashable, Sendable {
    package var host: HostName
    package var since: WallTime
    /// The new primary's own log when it was opened; an old primary that holds more has diverged.
    package var promotedAt: GTIDPosition
    /// When the role last moved without the old primary's help, the newest last; nil after a switch.
    package var failovers: [WallTime]?

    package init(host: HostName, since: WallTime, promotedAt: GTIDPosition) {
        self.host = host
        self.since = since
        self.promotedAt = promotedAt
    }
}

/// A data source's role and state.
package struct DataSourceRecord: Codable, Hashable, Sendable {
    package var role: DataSourceRole
    package var state: DataSourceState
    /// Why it is shunned or failed; empty otherwise.
    package var reason: String
    package var changedAt: WallTime
    /// When the rules have brought it back of late, the newest last; nil after what an operator has done.
    package var returns: [WallTime]?

    package init(role: DataSourceRole, state: DataSourceState, reason: String = "", changedAt: WallTime) {
        self.role = role
        self.state = state
        self.reason = reason
        self.changedAt = changedAt
    }
}

extension DataSourceRecord {
    /// The reason of a data source that was drained.
    package static let drained = "DRAIN-CONNECTIONS"

    /// It gets no new connections and keeps those that it has.
    package var isDraining: Bool { state == .shunned && reason == Self.drained }
}

/// An operation that runs now; held under its coordinator's lease.
package struct RunningOperation: Codable, Hashable, Sendable {
    package var id: String
    /// The command as typed, such as `switch to east2`.
    package var command: String
    package var coordinator: HostName
    package var startedAt: WallTime

    package init(id: String, command: String, coordinator: HostName, startedAt: WallTime) {
        self.id = id
        self.command = command
        self.coordinator = coordinator
        self.startedAt = startedAt
    }
}
