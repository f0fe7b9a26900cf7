import ClusterModel

/// One record of a site that is to be changed.
package enum RecordEdit: Hashable, Sendable {
    case policy(PolicyRecord)
    case dataSource(HostName, DataSourceRecord)
    case router(HostName, Wanted)
    /// Nil for a replicator that is wanted as it should be.
    case replicator(HostName, Wanted?)
}

extension SiteSnapshot {
    /// The site as it will be when the records are written, and nothing has followed them yet.
    package func applying(_ edits: [RecordEdit]) -> SiteSnapshot {
        var copy = self
        for edit in edits {
            switch edit {
            case .policy(let record): copy.records.policy = record
            case .dataSource(let host, let record): copy.records.dataSources[host] = record
            case .router(let host, let wanted): copy.records.routers[host] = wanted
            case .replicator(let host, let wanted): copy.records.replicators[host] = wanted
            }
        }
        return copy
    }
}

/// What changed records want of one host that they did not want before.
package struct GoalDifference: Hashable, Sendable {
    package var host: HostName
    /// Nil where it stays as it is.
    package var server: ServerGoal?
    package var router: RouterDifference?

    /// Hosts whose goals differ, in their configured order.
    package static func between(_ before: SiteSnapshot, _ after: SiteSnapshot) -> [GoalDifference] {
        let hosts = after.shape.hosts + after.shape.routers.filter { !after.shape.hosts.contains($0) }
        return hosts.compactMap { host in
            let server = after.serverGoal(for: host)
            let difference = GoalDifference(
                host: host, server: server == before.serverGoal(for: host) ? nil : server,
                router: after.shape.routers.contains(host)
                    ? RouterDifference(before.routerGoal(for: host), after.routerGoal(for: host)) : nil)
            return difference.server == nil && difference.router == nil ? nil : difference
        }
    }
}

/// What becomes of one router's targets.
package struct RouterDifference: Hashable, Sendable {
    /// Nil where it stays as it is.
    package var accepts: Wanted?
    package var writesGained: [HostName]
    package var writesLost: [HostName]
    package var readsGained: [HostName]
    package var readsLost: [HostName]

    /// Nil where nothing changes.
    init?(_ before: RouterGoal, _ after: RouterGoal) {
        let writes = (old: [before.write].compactMap { $0 }, new: [after.write].compactMap { $0 })
        accepts = before.accepts == after.accepts ? nil : after.accepts
        writesGained = writes.new.filter { !writes.old.contains($0) }
        writesLost = writes.old.filter { !writes.new.contains($0) }
        readsGained = after.read.filter { !before.read.contains($0) }
        readsLost = before.read.filter { !after.read.contains($0) }
        let hosts = [writesGained, writesLost, readsGained, readsLost]
        if accepts == nil, hosts.allSatisfy(\.isEmpty) { return nil }
    }
}
