import ClusterModel
import TerminalText

/// A data source in the long listing: three boxes of properties, each sorted by key.
///
/// Scripts read the replicator's title and the `appliedLatency` rows in this order; keep it.
struct LongView {
    var source: DataSourceStatus
    var site: SiteName

    var lines: [String] {
        box(source.title, dataSource)
            + replicatorBox
            + box("\(source.name):DATASERVER(state=\(source.server.rawValue))", server)
    }

    /// The replicator alone, for `replicator <ds> status`.
    var replicatorBox: [String] {
        box("\(source.name):" + source.replicatorTitle(withSource: false), replicator)
    }

    private func box(_ title: String, _ properties: [String: String]) -> [String] {
        let rows = properties.sorted { $0.key < $1.key }.flatMap { Box.property($0.key, $0.value) }
        let head = Box.around(Box.rows(title, hanging: source.name.description.count + 1))
        return rows.isEmpty ? head : head + rows + [Box.separator]
    }

    private var dataSource: [String: String] {
        var properties = [
            "activeConnectionCount": String(source.connections?.active ?? 0),
            "alertMessage": source.alertMessage,
            "alertStatus": source.alert.rawValue,
            "alertTime": String(source.alertTime.milliseconds),
            "connectionsCreatedCount": String(source.connections?.created ?? 0),
            "dataServiceName": site.description,
            "host": source.name.description,
            "isAvailable": String(source.state == .online),
            "isComposite": "false",
            "lastError": source.state == .failed ? source.reason : "",
            "lastShunReason": source.state == .shunned ? source.reason : "",
            "name": source.name.description,
            "role": source.role.rawValue,
            "state": source.state.rawValue,
        ]
        properties["appliedLatency"] = source.replicator.map { LatencyText.of($0.latency) }
        return properties
    }

    var replicator: [String: String] {
        guard let replicator = source.replicator else { return [:] }
        var properties = [
            "appliedLastSeqno": String(replicator.progress),
            "appliedLatency": LatencyText.of(replicator.latency),
            "pendingErrorMessage": replicator.error.isEmpty ? "NONE" : replicator.error,
            "role": replicator.role.rawValue,
            "state": replicator.state.rawValue,
            "useSSLConnection": String(source.tls),
        ]
        properties["masterHost"] = replicator.source?.description
        guard let report = source.report?.server else { return properties }
        properties["appliedLastEventId"] = report.executed.description
        for link in report.links {
            let prefix = link.isLocal ? "link" : "link.\(link.name)"
            properties["\(prefix).received"] = link.received.description
            properties["\(prefix).source"] = link.sourceHost
            properties["\(prefix).state"] = link.state.rawValue
            properties["\(prefix).tls"] = String(link.tls)
            properties["\(prefix).secondsBehind"] = link.secondsBehind.map { String($0) }
            if !link.errorText.isEmpty { properties["\(prefix).error"] = link.errorText }
        }
        return properties
    }

    var server: [String: String] {
        var properties = ["host": source.name.description, "state": source.server.rawValue]
        guard let report = source.report?.server else { return properties }
        properties["gtidExecuted"] = report.executed.description
        properties["gtidLogged"] = report.logged.description
        properties["problem"] = report.problem
        properties["readOnly"] = String(report.readOnly)
        properties["semiSync"] = String(report.semiSync)
        properties["semiSyncReplicas"] = String(report.semiSyncReplicas)
        properties["version"] = report.version
        return properties
    }
}
