import ClusterModel
import Planning

extension SiteShape {
    /// The site `east` of hosts `east1` and so on, with a router on each.
    package static func east(hosts: Int = 3, receives: [SiteName] = []) -> SiteShape {
        let names = (1...hosts).compactMap { HostName("east\($0)") }
        return SiteShape(
            name: "east", domain: 1, topology: "clustered", hosts: names, routers: names, receives: receives,
            initialPrimary: names[0], flappingLimit: 0)
    }
}

extension LinkReport {
    /// A connection inside the site that works.
    package static func following(_ source: HostName, received: GTIDPosition = "1-1-100") -> LinkReport {
        LinkReport(
            name: "", sourceHost: source.description, receiving: true, connecting: false, applying: true,
            receiveError: 0, applyError: 0, errorText: "", tls: true, received: received, secondsBehind: 0)
    }
}

extension ServerReport {
    package static func primary(at position: GTIDPosition = "1-1-100") -> ServerReport {
        var server = ServerReport(state: .online)
        server.readOnly = false
        server.logged = position
        server.executed = position
        server.semiSync = true
        server.semiSyncReplicas = 2
        return server
    }

    package static func replica(
        of source: HostName, at position: GTIDPosition = "1-1-100", received: GTIDPosition? = nil
    ) -> ServerReport {
        var server = ServerReport(state: .online)
        server.logged = position
        server.executed = position
        server.links = [.following(source, received: received ?? position)]
        server.latency = 0.01
        return server
    }
}

extension HostReport {
    package static func of(_ host: HostName, _ server: ServerReport, router: ComponentState = .online)
        -> HostReport
    {
        HostReport(
            host: host,
            manager: ManagerReport(pid: 11, version: "0.1.0", startedAt: WallTime(milliseconds: 1_000)),
            server: server, router: RouterReport(state: router, pid: 12),
            observedAt: WallTime(milliseconds: 2_000))
    }
}

extension SiteSnapshot {
    /// A site in which everything works; the first host is the primary.
    package static func healthy(hosts: Int = 3, receives: [SiteName] = []) -> SiteSnapshot {
        let shape = SiteShape.east(hosts: hosts, receives: receives)
        let primary = shape.initialPrimary
        let began = WallTime(milliseconds: 1_000)
        var records = SiteRecords()
        records.policy = PolicyRecord(policy: .automatic, changedAt: began)
        records.primary = PrimaryRecord(host: primary, since: began, promotedAt: GTIDPosition())
        var reports: [HostName: HostReport] = [:]
        for host in shape.hosts {
            let role = host == primary ? DataSourceRole.primary : .replica
            records.dataSources[host] = DataSourceRecord(role: role, state: .online, changedAt: began)
            reports[host] = .of(host, host == primary ? .primary() : .replica(of: primary))
        }
        return SiteSnapshot(
            shape: shape, records: records, reports: reports, coordinator: primary, operation: nil)
    }

    /// The same with one change.
    package func with(_ change: (inout SiteSnapshot) -> Void) -> SiteSnapshot {
        var copy = self
        change(&copy)
        return copy
    }

    /// Gives a data source another state.
    package mutating func set(_ host: HostName, _ state: DataSourceState, reason: String = "") {
        records.dataSources[host]?.state = state
        records.dataSources[host]?.reason = reason
    }
}

extension RunningOperation {
    package static let sample = RunningOperation(
        id: "7-1", command: "switch to east2", coordinator: "east1", startedAt: WallTime(milliseconds: 5_000))
}
