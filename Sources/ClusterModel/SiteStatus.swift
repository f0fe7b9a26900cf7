/// A site as `ls` shows it: records and reports put together by the manager that answers.
package struct SiteStatus: Codable, Hashable, Sendable {
    package var site: SiteName
    /// The host whose manager answered.
    package var answeredBy: HostName
    /// Nil while the site's managers agree on none.
    package var coordinator: HostName?
    package var policy: Policy
    /// False where the answering manager cannot reach a majority: what follows is then `age` seconds old.
    package var quorum: Bool
    /// Seconds since the view was last confirmed.
    package var age: Double
    package var operation: RunningOperation?
    package var routers: [RouterStatus]
    /// In the order of their names.
    package var dataSources: [DataSourceStatus]
    /// Hosts with a vote and no data, in the order of their names; nil where there are none, and from managers of
    /// earlier versions.
    package var witnesses: [WitnessStatus]?

    package init(
        site: SiteName, answeredBy: HostName, coordinator: HostName?, policy: Policy, quorum: Bool,
        age: Double,
        operation: RunningOperation? = nil, routers: [RouterStatus], dataSources: [DataSourceStatus],
        witnesses: [WitnessStatus]? = nil
    ) {
        self.site = site
        self.answeredBy = answeredBy
        self.coordinator = coordinator
        self.policy = policy
        self.quorum = quorum
        self.age = age
        self.operation = operation
        self.routers = routers
        self.dataSources = dataSources
        self.witnesses = witnesses
    }

    package subscript(_ name: HostName) -> DataSourceStatus? { dataSources.first { $0.name == name } }
}

/// One witness's box.
package struct WitnessStatus: Codable, Hashable, Sendable {
    package var name: HostName
    package var manager: ComponentState

    package init(name: HostName, manager: ComponentState) {
        self.name = name
        self.manager = manager
    }
}

/// One router's row.
package struct RouterStatus: Codable, Hashable, Sendable {
    package var host: HostName
    /// 0 where the router does not run or its manager does not answer.
    package var pid: Int32
    package var state: ComponentState
    package var connections: ConnectionCounts

    package init(host: HostName, pid: Int32, state: ComponentState, connections: ConnectionCounts) {
        self.host = host
        self.pid = pid
        self.state = state
        self.connections = connections
    }
}

/// One data source's box.
package struct DataSourceStatus: Codable, Hashable, Sendable {
    package var name: HostName
    package var role: DataSourceRole
    package var state: DataSourceState
    /// Why it is shunned or failed.
    package var reason: String
    package var alert: AlertStatus
    /// The text of the REASON row; empty where there is none.
    package var alertMessage: String
    /// When `alert` became what it is.
    package var alertTime: WallTime
    package var manager: ComponentState
    package var server: ComponentState
    /// Nil where nothing is known of the replicator: no report, or no running server to ask.
    package var replicator: ReplicatorStatus?
    /// Connections through all routers of the site; nil where no router reports.
    package var connections: ConnectionCounts?
    /// Every replication connection of this data source that should be encrypted is.
    package var tls: Bool
    /// The manager's own report, for the long listing; nil where its manager does not answer.
    package var report: HostReport?

    package init(
        name: HostName, role: DataSourceRole, state: DataSourceState, reason: String, alert: AlertStatus,
        alertMessage: String, alertTime: WallTime, manager: ComponentState, server: ComponentState,
        replicator: ReplicatorStatus?, connections: ConnectionCounts?, tls: Bool, report: HostReport? = nil
    ) {
        self.name = name
        self.role = role
        self.state = state
        self.reason = reason
        self.alert = alert
        self.alertMessage = alertMessage
        self.alertTime = alertTime
        self.manager = manager
        self.server = server
        self.replicator = replicator
        self.connections = connections
        self.tls = tls
        self.report = report
    }
}

/// The replicator row of a data source.
package struct ReplicatorStatus: Codable, Hashable, Sendable {
    package var role: DataSourceRole
    package var state: ComponentState
    /// The host that a replica reads from; nil on a primary.
    package var source: HostName?
    /// Sequence number of the site's own domain that this data source has executed; -1 where unknown.
    package var progress: Int64
    /// Seconds; -1 where unknown.
    package var latency: Double
    /// The server's sentence for the error that stopped it; empty where there is none.
    package var error: String

    package init(
        role: DataSourceRole, state: ComponentState, source: HostName?, progress: Int64, latency: Double,
        error: String = ""
    ) {
        self.role = role
        self.state = state
        self.source = source
        self.progress = progress
        self.latency = latency
        self.error = error
    }
}
