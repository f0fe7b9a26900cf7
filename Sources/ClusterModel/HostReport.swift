/// What one host's manager sees of its own host; published under the host's lease.
package struct HostReport: Codable, Hashable, Sendable {
    package var host: HostName
    package var manager: ManagerReport
    package var server: ServerReport
    package var router: RouterReport
    /// Nil where the manager does not tell.
    package var condition: HostCondition?
    /// When the report was made, by this host's clock.
    package var observedAt: WallTime

    package init(
        host: HostName, manager: ManagerReport, server: ServerReport, router: RouterReport,
        condition: HostCondition? = nil, observedAt: WallTime
    ) {
        self.host = host
        self.manager = manager
        self.server = server
        self.router = router
        self.condition = condition
        self.observedAt = observedAt
    }
}

/// The manager of a host, as it reports itself.
package struct ManagerReport: Codable, Hashable, Sendable {
    package var pid: Int32
    package var version: String
    package var startedAt: WallTime

    package init(pid: Int32, version: String, startedAt: WallTime) {
        self.pid = pid
        self.version = version
        self.startedAt = startedAt
    }
}

/// A MariaDB server at one instant.
package struct ServerReport: Codable, Hashable, Sendable {
    /// `online`, `stopped` (refuses connections), `timeout` (accepts and does not answer) or `unknown`.
    package var state: ComponentState
    /// Why it is not online, in the server's or the system's words.
    package var problem: String?
    package var readOnly: Bool = true
    /// What the server has logged itself, both domains.
    package var logged: GTIDPosition = GTIDPosition()
    /// Who has written what the server has logged; nil where that is not known.
    package var history: GTIDHistory?
    /// What the server has executed, whether by own writes or by replication.
    package var executed: GTIDPosition = GTIDPosition()
    package var links: [LinkReport] = []
    /// Seconds by which the last measured transaction came later here than on the primary; nil where not measured.
    package var latency: Double?
    /// Whether commits wait for a replica's receipt.
    package var semiSync: Bool = false
    /// Replicas that send receipts to this server.
    package var semiSyncReplicas: Int = 0
    package var version: String = ""
    /// Why the server is taken for hung; nil where it is not.
    package var hung: String?
    /// Sessions whose commit waits for a receipt; nil where that is not known.
    package var awaited: Int?
    /// Whether its manager has opened it since it was started.
    package var opened: Bool?
    /// Nil where they are not known.
    package var events: EventReport?
    /// Nil while what was received is executed.
    package var standstill: StandstillReport?
    /// When the state of the server or of one of its connections last changed.
    package var changedAt = WallTime(milliseconds: 0)

    package init(state: ComponentState, problem: String? = nil) {
        self.state = state
        self.problem = problem
    }
}

/// One replication connection of a server.
package struct LinkReport: Codable, Hashable, Sendable {
    /// Empty for the connection inside the site, else the remote site whose writes it carries.
    package var name: String
    package var sourceHost: String
    package var receiving: Bool
    package var connecting: Bool
    package var applying: Bool
    package var receiveError: Int
    package var applyError: Int
    /// The server's sentence for the error, empty where there is none.
    package var errorText: String
    /// TLS is required on the connection, the source's certificate is checked, and the connection stands.
    package var tls: Bool
    package var received: GTIDPosition
    /// Whole seconds behind by the server's own count, nil while it does not know.
    package var secondsBehind: Int?
    /// How far it has read the source's log; nil where that is not known.
    package var read: LogPlace?

    package init(
        name: String, sourceHost: String, receiving: Bool, connecting: Bool, applying: Bool,
        receiveError: Int,
        applyError: Int, errorText: String, tls: Bool, received: GTIDPosition, secondsBehind: Int?,
        read: LogPlace? = nil
    ) {
        self.name = name
        self.sourceHost = sourceHost
        self.receiving = receiving
        self.connecting = connecting
        self.applying = applying
        self.receiveError = receiveError
        self.applyError = applyError
        self.errorText = errorText
        self.tls = tls
        self.received = received
        self.secondsBehind = secondsBehind
        self.read = read
    }

    /// The connection inside the site.
    package var isLocal: Bool { name.isEmpty }

    /// Whether what stopped the applier says nothing of the data: the same transaction may succeed a moment later.
    package var applyErrorPasses: Bool { Self.passing.contains(applyError) }

    /// No room (1021, 1026, 1114), memory (1037, 1038, 1041), thread (1135) or slot for a transaction (1637); a lock that
    /// did not come in time (1205, 1213, 1969); or one of these met by another applier first (1964).
    ///
    /// Numbers of MariaDB's error reference.
    private static let passing: Set<Int> = [
        1021, 1026, 1037, 1038, 1041, 1114, 1135, 1205, 1213, 1637, 1964, 1969,
    ]

    /// The classic word for the state of the connection (facts: raw replicator states).
    package var state: ComponentState {
        if receiving && applying { return .online }
        if receiveError == 0 && applyError == 0 {
            return connecting && applying ? .synchronizing : .offline
        }
        return .suspect
    }
}

/// A place in a server's binary log.
package struct LogPlace: Codable, Hashable, Sendable {
    /// The file's name, without directory.
    package var file: String
    /// In bytes.
    package var position: UInt64

    package init(file: String, position: UInt64) {
        self.file = file
        self.position = position
    }
}

/// Connections through a router, counted since it started, and open now.
package struct ConnectionCounts: Codable, Hashable, Sendable {
    package var created: Int
    package var active: Int

    package init(created: Int = 0, active: Int = 0) {
        self.created = created
        self.active = active
    }

    package static func + (left: Self, right: Self) -> Self {
        Self(created: left.created + right.created, active: left.active + right.active)
    }
}

/// A router (HAProxy) at one instant.
package struct RouterReport: Codable, Hashable, Sendable {
    /// `online`, `offline` (refuses new connections) or `stopped`.
    package var state: ComponentState
    package var pid: Int32
    package var connections: ConnectionCounts
    /// Connections that went to each data source.
    package var byDataSource: [HostName: ConnectionCounts]
    /// Data sources that its write port and its read port send new connections to.
    package var writesTo: [HostName] = []
    package var readsFrom: [HostName] = []

    package init(
        state: ComponentState, pid: Int32 = 0, connections: ConnectionCounts = ConnectionCounts(),
        byDataSource: [HostName: ConnectionCounts] = [:]
    ) {
        self.state = state
        self.pid = pid
        self.connections = connections
        self.byDataSource = byDataSource
    }
}
