import AdminProtocol
import ClusterModel

/// What an operation of the tree tells: the properties of one process, as its host's manager last saw it.
struct ResourceReport {
    var place: ResourcePath
    var status: SiteStatus
    var source: DataSourceStatus

    /// Nil where the place is no operation.
    init?(_ place: ResourcePath, _ status: SiteStatus) {
        guard place.names.count == ResourceTree.depth, let host = HostName(place.names[1]),
            let source = status[host]
        else { return nil }
        self.place = place
        self.status = status
        self.source = source
    }

    var properties: [String: String] {
        let long = LongView(source: source, site: status.site)
        switch ResourceTree.Process(rawValue: place.names[2]) {
        case .manager: return manager
        case .router: return router
        case .server: return long.server
        case .replicator: return long.replicator
        case nil: return [:]
        }
    }

    private var manager: [String: String] {
        var properties = [
            "state": source.manager.rawValue,
            "isCoordinator": String(status.coordinator == source.name),
            "policy": status.policy.rawValue,
            "quorum": String(status.quorum),
            "viewAge": LatencyText.of(status.age),
            "viewOf": status.answeredBy.description,
        ]
        if let operation = status.operation { properties["operation"] = operation.command }
        guard let report = source.report else { return properties }
        properties["pid"] = String(report.manager.pid)
        properties["startedAt"] = String(report.manager.startedAt.milliseconds)
        properties["version"] = report.manager.version
        properties["observedAt"] = String(report.observedAt.milliseconds)
        return properties
    }

    private var router: [String: String] {
        guard let row = status.routers.first(where: { $0.host == source.name }) else { return [:] }
        var properties = [
            "state": row.state.rawValue, "pid": String(row.pid),
            "connectionsCreated": String(row.connections.created),
            "connectionsActive": String(row.connections.active),
        ]
        guard let report = source.report?.router else { return properties }
        properties["readsFrom"] = report.readsFrom.map(\.description).joined(separator: ", ")
        properties["writesTo"] = report.writesTo.map(\.description).joined(separator: ", ")
        for (host, counts) in report.byDataSource {
            properties["to.\(host).active"] = String(counts.active)
            properties["to.\(host).created"] = String(counts.created)
        }
        return properties
    }
}
