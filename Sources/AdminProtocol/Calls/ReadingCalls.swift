import ClusterModel

/// `ls` in all its forms, `replicator <ds> status`: the whole site at once.
package struct StatusCall: AdminCall {
    package typealias Reply = SiteStatus
    package static let method = "site.status"
    package static let access = AccessRole.observer

    /// Whether each data source carries its manager's full report.
    package var reports: Bool

    package init(reports: Bool = false) { self.reports = reports }
}

/// `members`: the managers of the site.
package struct MembersCall: AdminCall {
    package typealias Reply = [Member]
    package static let method = "site.members"
    package static let access = AccessRole.observer

    package init() {}
}

/// One manager of the site's group.
package struct Member: Codable, Hashable, Sendable {
    package var host: HostName
    package var address: String
    package var port: Int
    package var online: Bool

    package init(host: HostName, address: String, port: Int, online: Bool) {
        self.host = host
        self.address = address
        self.port = port
        self.online = online
    }
}

/// `ping [host]`: whether hosts answer.
package struct PingCall: AdminCall {
    package typealias Reply = [PingResult]
    package static let method = "site.ping"
    package static let access = AccessRole.observer

    /// Nil for every host of the site.
    package var host: HostName?

    package init(host: HostName?) { self.host = host }
}

/// Whether one host answered.
package struct PingResult: Codable, Hashable, Sendable {
    package var host: HostName
    package var address: String
    package var reachable: Bool
    /// Round trip; nil where it did not answer.
    package var milliseconds: Double?

    package init(host: HostName, address: String, reachable: Bool, milliseconds: Double?) {
        self.host = host
        self.address = address
        self.reachable = reachable
        self.milliseconds = milliseconds
    }
}

/// `cluster validate`: how the majority stands, in the classic words.
package struct ValidateCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "cluster.validate"
    package static let access = AccessRole.observer

    package init() {}
}

/// `show topology`.
package struct TopologyCall: AdminCall {
    package typealias Reply = Topology
    package static let method = "site.topology"
    package static let access = AccessRole.observer

    package init() {}
}

/// The configured shape of the cluster.
package struct Topology: Codable, Hashable, Sendable {
    /// The classic word, such as `clustered`.
    package var name: String
    package var site: SiteName
    package var primary: HostName?
    package var hosts: [HostName]
    /// Cross-site services that end in this site: where they come from, and which host carries them.
    package var services: [ServiceStatus]

    package init(
        name: String, site: SiteName, primary: HostName?, hosts: [HostName], services: [ServiceStatus]
    ) {
        self.name = name
        self.site = site
        self.primary = primary
        self.hosts = hosts
        self.services = services
    }
}

/// One cross-site service as this site receives it.
package struct ServiceStatus: Codable, Hashable, Sendable {
    /// The site whose writes it carries.
    package var name: SiteName
    /// The host here that carries the connection; nil where none does.
    package var carrier: HostName?
    /// The remote host that it reads from; nil where there is no connection.
    package var source: String?
    package var state: ComponentState
    package var wanted: Wanted
    /// Sequence number of the remote site's domain executed by the carrier; -1 where unknown.
    package var progress: Int64
    package var tls: Bool
    package var error: String

    package init(
        name: SiteName, carrier: HostName?, source: String?, state: ComponentState, wanted: Wanted,
        progress: Int64,
        tls: Bool, error: String
    ) {
        self.name = name
        self.carrier = carrier
        self.source = source
        self.state = state
        self.wanted = wanted
        self.progress = progress
        self.tls = tls
        self.error = error
    }
}
