import ClusterModel

extension SiteSnapshot {
    /// What the records want of a host's server; nil while the site has no primary yet.
    package func serverGoal(for host: HostName) -> ServerGoal? {
        guard let primary else { return nil }
        let record = record(of: host)
        if host == primary {
            var services: [SiteName: Wanted] = [:]
            for site in shape.receives { services[site] = records.services[site] ?? .online }
            return .primary(services: services, waits: waitsForReceipts, events: records.events?.running)
        }
        // An old primary keeps its role until it is recovered: what it holds beyond the new one is not yet judged.
        guard record.role == .replica else { return .fenced }
        return .replica(of: primary, link: records.replicators[host] ?? .online)
    }

    /// Where the records and the reports want a host's router to send connections.
    package func routerGoal(for host: HostName) -> RouterGoal {
        let accepts = records.routers[host] ?? .online
        let write = primary.flatMap { record(of: $0).state == .online ? $0 : nil }
        let replicas = replicas.filter { record(of: $0).state == .online && record(of: $0).role == .replica }
        // A site whose replicas are all away still answers reads.
        return RouterGoal(
            accepts: accepts, write: write, read: replicas.isEmpty ? [write].compactMap { $0 } : replicas,
            draining: shape.hosts.filter { record(of: $0).isDraining })
    }
}
