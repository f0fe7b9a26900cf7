import ClusterModel

/// `datasource <ds> drain [seconds]`: no new connections; those that are there end by themselves.
package struct DrainCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "datasource.drain"
    package static let access = AccessRole.operator
    package var endsWithCaller: Bool { true }
    package var longest: Int? { min(max(seconds ?? 0, 0), 86_400) + 150 }

    package var name: HostName
    /// After so long what is left is cut; nil waits for a minute and cuts nothing.
    package var seconds: Int?
    package var force: Bool

    package init(name: HostName, seconds: Int? = nil, force: Bool = false) {
        self.name = name
        self.seconds = seconds
        self.force = force
    }
}

/// `datasource <ds> connections [-l]`: who is connected to a data source.
package struct ConnectionsCall: AdminCall {
    package typealias Reply = Connections
    package static let method = "datasource.connections"
    package static let access = AccessRole.observer

    package var name: HostName
    /// Each session too; statements may hold what not everybody may see, so this needs an operator.
    package var list: Bool

    package init(name: HostName, list: Bool = false) {
        self.name = name
        self.list = list
    }
}

/// The sessions on one data source.
package struct Connections: Codable, Hashable, Sendable {
    package var name: HostName
    /// Client sessions on the server; those of managers and replication are not counted.
    package var total: Int
    package var routers: [RouterSessions]
    /// Client sessions that came by no router.
    package var direct: Int
    /// Oldest first; empty unless asked for.
    package var sessions: [ClientSession]

    package init(
        name: HostName, total: Int, routers: [RouterSessions], direct: Int, sessions: [ClientSession]
    ) {
        self.name = name
        self.total = total
        self.routers = routers
        self.direct = direct
        self.sessions = sessions
    }
}

/// One client's session on a server.
package struct ClientSession: Codable, Hashable, Sendable {
    package var id: Int
    package var user: String
    /// Where the client itself is, also when it came by a router.
    package var host: String
    package var database: String
    /// What it does: `Sleep`, `Query` and so on.
    package var command: String
    /// Seconds that it has done so.
    package var seconds: Double
    /// The beginning of its statement, on one line; empty where it runs none.
    package var statement: String

    package init(
        id: Int, user: String, host: String, database: String, command: String, seconds: Double,
        statement: String
    ) {
        self.id = id
        self.user = user
        self.host = host
        self.database = database
        self.command = command
        self.seconds = seconds
        self.statement = statement
    }
}
