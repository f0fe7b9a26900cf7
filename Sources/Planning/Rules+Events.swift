import ClusterModel

/// Which events of the scheduler run on the primary: kept in the records, for whoever takes its place.
extension Rules {
    /// What the records should say from now on; nil where they do, or where the primary cannot tell.
    package static func events(in snapshot: SiteSnapshot) -> EventsRecord? {
        guard snapshot.operation == nil, let primary = snapshot.primary,
            let server = snapshot.reports[primary]?.server, server.state == .online, !server.readOnly,
            let events = server.events
        else { return nil }
        return self.events(seen: events, before: snapshot.records.events)
    }

    /// - Parameter events: of the primary.
    package static func events(seen events: EventReport, before: EventsRecord?) -> EventsRecord? {
        // What it saw as a replica says nothing, nor does it yet while events of its predecessor wait to run here.
        guard events.isPrimary, !events.resting.contains(where: { before?.running.contains($0) ?? false })
        else { return nil }
        let record = EventsRecord(running: events.running)
        return record == before ?? EventsRecord(running: []) ? nil : record
    }
}
