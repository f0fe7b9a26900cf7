import ClusterModel

extension SiteSnapshot {
    /// A replica that has received all that a server has logged, and where it stands in that server's log.
    ///
    /// Reports may be a moment old: what was received once stays received.
    /// - Parameter server: what the source says of itself now.
    package func received(
        of source: HostName, _ server: ServerReport
    ) -> (replica: HostName, place: LogPlace)? {
        // Without a replica that sends receipts the wait is meant.
        guard server.semiSyncReplicas > 0 else { return nil }
        for replica in shape.hosts where replica != source {
            guard let link = reports[replica]?.server.links.first(where: \.isLocal), link.receiving,
                link.sourceHost == source.description, link.received.covers(server.logged),
                let place = link.read
            else { continue }
            return (replica, place)
        }
        return nil
    }
}
