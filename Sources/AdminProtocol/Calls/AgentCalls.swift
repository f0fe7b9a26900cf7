import ClusterModel

/// One action of the coordinator on one host, carried out by that host's manager.
package struct AgentCall: AdminCall {
    package typealias Reply = AgentReply
    package static let method = "agent.act"
    package static let access = AccessRole.manager

    /// The etcd revision at which the coordinator's leadership began; an older one than the newest known is refused.
    package var epoch: Int64
    /// The operation in the journal.
    package var operation: String
    package var action: HostAction

    package init(epoch: Int64, operation: String, action: HostAction) {
        self.epoch = epoch
        self.operation = operation
        self.action = action
    }
}

/// What a manager can be asked to do on its own host.
///
/// Every one ends by itself: durations are in milliseconds.
package enum HostAction: Codable, Hashable, Sendable {
    /// Look at server and router now.
    case report
    /// How far the server has logged.
    case logged
    /// Apply what was received, then stop every replication connection.
    case stopLinks
    /// Start them again.
    case startLinks
    /// Read no more from the source; what was received goes on being applied.
    case stopReceiving
    /// Wait until `position` is executed.
    case awaitPosition(GTIDPosition, milliseconds: Int)
    /// Let no transaction commit; ends by itself after `milliseconds`. Waits at most `limit` for running statements.
    case freeze(limit: Int, milliseconds: Int)
    case thaw
    /// Accept no more writes.
    case close
    /// Accept no more writes and end the clients' sessions; a server that does not let itself be closed is killed.
    case fence
    /// Accept writes. After an unplanned promotion `jump` moves the sequence numbers on, so that a server which
    /// holds lost transactions stops loudly instead of skipping the new ones.
    case open(jump: Bool)
    /// Read the missing transactions of `position` from `host` at `address`.
    case fetch(HostName, address: String, position: GTIDPosition, milliseconds: Int)
    /// Bring the server to a goal.
    case settle(ServerGoal)
    /// Let new connections to the write port wait.
    case hold(milliseconds: Int)
    case release
    /// Wait until no session of the write port is left on `host` but `own`, which stay anyway; then new ones go to
    /// `next`, if they are not held.
    case drain(HostName, next: HostName, own: Int, milliseconds: Int)
    /// Cut the sessions of the write port that are left on a host which gets no new ones.
    case leave(HostName)
    /// Make ready what a freeze needs.
    case prepareFreeze
    /// Begin a new file of the binary log, where more than so many bytes are in the one that is written.
    case beginLogFile(beyond: Int)
    /// Bring the router to a goal; sessions on targets that are left are cut.
    case route(RouterGoal)
    /// Let new connections to the write port wait for so many milliseconds, then bring the router to a goal.
    case turnAway(RouterGoal, milliseconds: Int)
    /// Bring the router to a goal, then let those through that wait.
    case admit(RouterGoal)
    /// Run a service command: component and verb.
    case service(String, RunServiceCall.Verb)
    /// Write one row that every data source must apply.
    case heartbeat
    /// Wait at most `limit` until the transactions that are open now have ended; `cut` ends the sessions of the rest.
    case endTransactions(limit: Int, cut: Bool)
    /// End the sessions whose statements wait for the freeze to end.
    case endWaiting
    /// The events of the scheduler.
    case events
    /// Let events of the scheduler run, or rest.
    case setEvents([EventChange])
    /// The sessions that hold transactions, oldest first.
    case blockers
    /// The clients' sessions, oldest first.
    case sessions
    /// End the router's sessions on a host that gets no new ones.
    case cutSessions(HostName)
}

/// What an action found.
package struct AgentReply: Codable, Hashable, Sendable {
    package var report: HostReport?
    /// The server's own log after the action.
    package var position: GTIDPosition?
    /// Sessions that were cut, or rows that were counted.
    package var count: Int?
    package var lines: [String]
    package var sessions: [ClientSession]?
    package var events: EventReport?

    package init(
        report: HostReport? = nil, position: GTIDPosition? = nil, count: Int? = nil, lines: [String] = [],
        sessions: [ClientSession]? = nil
    ) {
        self.sessions = sessions
        self.report = report
        self.position = position
        self.count = count
        self.lines = lines
    }
}

/// What another site's managers need to know of this one: where its writes come from, and how far it is.
package struct NeighbourCall: AdminCall {
    package typealias Reply = Neighbour
    package static let method = "site.neighbour"
    package static let access = AccessRole.observer

    package init() {}
}

/// A site as its neighbours see it.
package struct Neighbour: Codable, Hashable, Sendable {
    package var site: SiteName
    package var primary: HostName?
    /// Whether the answering manager knows this from a majority.
    package var quorum: Bool
    /// What each data source has executed, where known.
    package var executed: [HostName: GTIDPosition]
    /// Whether an operation is at work there, which may end with another primary.
    package var changing: Bool?

    package init(
        site: SiteName, primary: HostName?, quorum: Bool, executed: [HostName: GTIDPosition], changing: Bool?
    ) {
        self.site = site
        self.primary = primary
        self.quorum = quorum
        self.executed = executed
        self.changing = changing
    }
}

/// What a server holds of one domain, whether executed, logged or only received; asked for at the moment of the call.
///
/// A server that was started after a crash is opened only when it has what every other one holds of its writes.
package struct HeldCall: AdminCall {
    package typealias Reply = GTIDPosition
    package static let method = "agent.held"
    package static let access = AccessRole.manager

    package var domain: UInt32
    /// The server that another one is promoted instead of: whoever has answered reads nothing more from it.
    ///
    /// What it logged last, and nobody else has, would otherwise be read by some when it comes back: other
    /// transactions have those numbers by then.
    package var leaving: HostName?

    package init(domain: UInt32, leaving: HostName? = nil) {
        self.domain = domain
        self.leaving = leaving
    }
}

/// How far a primary's server has logged, asked by those who measure how far behind they are.
package struct PositionCall: AdminCall {
    package typealias Reply = GTIDPosition
    package static let method = "agent.position"
    package static let access = AccessRole.manager

    package init() {}
}
