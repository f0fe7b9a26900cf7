import ClusterModel

/// What happened between two looks at a site, a line each in the protocol's form.
package enum SiteEvents {
    package static func between(_ before: SiteSnapshot, _ after: SiteSnapshot) -> [String] {
        var lines: [String] = []
        func change(_ kind: String, _ old: String, _ new: String) {
            if old != new { lines.append("\(kind) \(old) => \(new)") }
        }
        change("POLICY", before.records.policy.policy.rawValue, after.records.policy.policy.rawValue)
        change("COORDINATOR", name(before.coordinator), name(after.coordinator))
        change("MASTER", name(before.primary), name(after.primary))
        for host in after.shape.hosts {
            change("MANAGER \(host)", manager(host, before), manager(host, after))
            change("DATASOURCE \(host)", before.stateText(of: host), after.stateText(of: host))
        }
        for host in after.shape.witnesses {
            change("MANAGER \(host)", manager(host, before), manager(host, after))
        }
        if let operation = after.operation, operation.id != before.operation?.id {
            lines.append("OPERATION \(operation.id) BEGINS: \(operation.command)")
        }
        return lines
    }

    private static func name(_ host: HostName?) -> String { host?.description ?? "NONE" }

    private static func manager(_ host: HostName, _ snapshot: SiteSnapshot) -> String {
        snapshot.reports[host] == nil ? ComponentState.stopped.rawValue : ComponentState.online.rawValue
    }
}
