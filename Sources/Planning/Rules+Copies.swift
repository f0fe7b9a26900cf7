import ClusterModel

/// When a site goes on without a second copy of its writes, and how it comes back (design, safety rule 2).
extension Rules {
    /// A change of the record, with the journal's sentence.
    package struct CopiesChange: Hashable, Sendable {
        /// Nil where commits wait for a second copy as ever.
        package var record: AloneRecord?
        package var why: String
    }

    /// How long commits wait for a replica before the site goes on alone, in seconds: time enough for a replica that
    /// is restarted, and for a failover.
    package static let aloneSeconds = 5.0

    /// - Parameter unheardFor: seconds for which the primary has had no replica that confirms.
    package static func copies(
        in snapshot: SiteSnapshot, unheardFor: Double, now: WallTime
    ) -> CopiesChange? {
        guard snapshot.operation == nil, let primary = snapshot.primary,
            let server = snapshot.reports[primary]?.server, server.state == .online, !server.readOnly
        else { return nil }
        guard let alone = snapshot.records.alone else {
            guard snapshot.shape.hosts.count > 1, server.semiSync, server.semiSyncReplicas == 0,
                unheardFor >= aloneSeconds
            else { return nil }
            return CopiesChange(
                record: AloneRecord(since: now),
                why: "\(primary) goes on without a second copy: no replica confirms its commits")
        }
        let domain = snapshot.shape.domain
        let received = snapshot.replicas.compactMap { host -> UInt64? in
            guard let link = snapshot.reports[host]?.server.links.first(where: \.isLocal),
                link.state == .online, link.sourceHost == primary.description
            else { return nil }
            return link.received.sequence(of: domain)
        }.max()
        guard let received else {
            // The replica that came back has gone again.
            guard alone.waits, unheardFor >= aloneSeconds else { return nil }
            return CopiesChange(
                record: AloneRecord(since: alone.since), why: "\(primary) goes on without a second copy again"
            )
        }
        guard alone.waits else {
            return CopiesChange(
                record: AloneRecord(since: alone.since, waits: true),
                why: "a replica follows again: commits wait for a second copy")
        }
        guard server.semiSync, server.semiSyncReplicas > 0 else { return nil }
        guard let position = alone.position else {
            return CopiesChange(
                record: AloneRecord(since: alone.since, waits: true, position: server.logged),
                why: "commits wait for a second copy; what was written before is being fetched")
        }
        guard received >= position.sequence(of: domain) else { return nil }
        return CopiesChange(record: nil, why: "everything exists twice again: a failover would lose nothing")
    }
}
