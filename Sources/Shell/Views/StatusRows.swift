import ClusterModel

/// The fields of data sources, for `ls --fields`.
extension StatusView {
    package static let fields = [
        "name", "role", "state", "reason", "alert", "alertMessage", "alertTime", "manager", "server",
        "replicator.role", "replicator.state", "replicator.source", "replicator.progress",
        "replicator.latency", "replicator.error", "connections.created", "connections.active", "tls",
    ]

    var rows: Rows { Rows(fields: Self.fields, items: status.dataSources) }
}
