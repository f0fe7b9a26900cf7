import ClusterModel

/// Every key that a site keeps in etcd, under `/cctrl/<site>/`; values are JSON of the types named here.
package enum StoreKey: Hashable, Sendable {
    /// `PolicyRecord`
    case policy
    /// `PrimaryRecord`
    case primary
    /// `AloneRecord`; missing as long as commits wait for a second copy.
    case alone
    /// `EventsRecord`; missing until the primary has told its events.
    case events
    /// `DataSourceRecord`
    case dataSource(HostName)
    /// `Wanted`
    case router(HostName)
    /// `Wanted`: the connection inside the site.
    case replicator(HostName)
    /// `Wanted`: the connection that brings another site's writes.
    case service(SiteName)
    /// `HostReport`, under the host's lease.
    case host(HostName)
    /// A host's name, under its lease; the create revision is the epoch.
    case coordinator
    /// `RunningOperation`, under the coordinator's lease.
    case operation
    /// `OperationRecord`, by operation.
    case history(String)

    package static func prefix(of site: SiteName) -> String { "/cctrl/\(site)/" }

    /// The key below the prefix.
    package var path: String {
        switch self {
        case .policy: "policy"
        case .primary: "primary"
        case .alone: "alone"
        case .events: "events"
        case .dataSource(let host): "datasources/\(host)"
        case .router(let host): "routers/\(host)"
        case .replicator(let host): "replicators/\(host)"
        case .service(let site): "services/\(site)"
        case .host(let host): "hosts/\(host)"
        case .coordinator: "coordinator"
        case .operation: "operation"
        case .history(let id): "history/\(id)"
        }
    }

    /// Returns nil for a key of a later version.
    package init?(path: Substring) {
        let parts = path.split(separator: "/", maxSplits: 1)
        let name = parts.count == 2 ? String(parts[1]) : ""
        switch (parts.first, parts.count) {
        case ("policy", 1): self = .policy
        case ("primary", 1): self = .primary
        case ("alone", 1): self = .alone
        case ("events", 1): self = .events
        case ("coordinator", 1): self = .coordinator
        case ("operation", 1): self = .operation
        case ("history", 2): self = .history(name)
        case ("services", 2):
            guard let site = SiteName(name) else { return nil }
            self = .service(site)
        case ("datasources", 2), ("routers", 2), ("replicators", 2), ("hosts", 2):
            guard let host = HostName(name) else { return nil }
            switch parts[0] {
            case "datasources": self = .dataSource(host)
            case "routers": self = .router(host)
            case "replicators": self = .replicator(host)
            default: self = .host(host)
            }
        default: return nil
        }
    }
}
