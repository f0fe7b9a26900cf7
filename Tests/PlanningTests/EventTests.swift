import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct EventTests {
    private let purge = EventName(schema: "app", name: "purge")
    private let report = EventName(schema: "app", name: "report")

    private func site(
        _ events: EventReport, recorded: [EventName]?, change: (inout SiteSnapshot) -> Void = { _ in }
    ) -> SiteSnapshot {
        SiteSnapshot.healthy().with { site in
            site.reports["east1"]?.server.events = events
            site.records.events = recorded.map { EventsRecord(running: $0) }
            change(&site)
        }
    }

    @Test func `the records tell which events run on the primary`() {
        let seen = EventReport(running: [purge], isPrimary: true)
        #expect(Rules.events(in: site(seen, recorded: nil)) == EventsRecord(running: [purge]))
        #expect(Rules.events(in: site(seen, recorded: [purge])) == nil)
        // An operator has disabled it.
        let none = EventReport(isPrimary: true)
        #expect(Rules.events(in: site(none, recorded: [purge])) == EventsRecord(running: []))
        // A site without events needs no record.
        #expect(Rules.events(in: site(none, recorded: nil)) == nil)
    }

    @Test func `what a new primary has not yet taken over stays recorded`() {
        let waiting = EventReport(running: [report], resting: [purge], isPrimary: true)
        #expect(Rules.events(in: site(waiting, recorded: [purge, report])) == nil)
        // What it saw as a replica says nothing, nor does an operation's time.
        #expect(Rules.events(in: site(EventReport(), recorded: [purge])) == nil)
        let seen = EventReport(running: [purge], isPrimary: true)
        #expect(Rules.events(in: site(seen, recorded: nil) { $0.operation = .sample }) == nil)
        #expect(
            Rules.events(in: site(seen, recorded: nil) { $0.reports["east1"]?.server.readOnly = true }) == nil
        )
    }

    @Test func `events run on the primary alone`() {
        let seen = EventReport(running: [report], resting: [purge])
        let primary = ServerGoal.primary(services: [:], events: [purge, report])
        #expect(primary.changes(of: seen) == [EventChange(purge, runs: true)])
        // Another site's, or one that its owner lets rest.
        #expect(ServerGoal.primary(services: [:], events: [report]).changes(of: seen).isEmpty)
        #expect(ServerGoal.primary(services: [:]).changes(of: seen).isEmpty)
        for goal in [ServerGoal.replica(of: "east2", link: .online), .fenced] {
            #expect(goal.changes(of: seen) == [EventChange(report, runs: false)])
        }
        let goal = site(seen, recorded: [purge]).serverGoal(for: "east1")
        #expect(goal?.changes(of: seen) == [EventChange(purge, runs: true)])
    }
}
