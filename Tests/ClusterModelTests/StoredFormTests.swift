import AdminProtocol
import ClusterModel
import ClusterTestKit
import Planning
import Testing

/// The JSON under which values are kept in etcd and sent to others.
@Suite struct StoredFormTests {
    private func checkRoundTrip<Value: Codable & Equatable>(_ value: Value) throws {
        let bytes = try FrameCodec.encode(value)
        #expect(try FrameCodec.decode(Value.self, from: bytes) == value)
        #expect(try FrameCodec.encode(try FrameCodec.decode(Value.self, from: bytes)) == bytes)
    }

    @Test func `reports, records and statuses come back as they were`() throws {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<200 {
            let site = SiteSnapshot.random(using: &generator)
            for report in site.reports.values { try checkRoundTrip(report) }
            try checkRoundTrip(site.records)
            try checkRoundTrip(site.shape)
            try checkRoundTrip(
                site.status(answeredBy: "east1", quorum: true, age: 1.5, includingReports: true))
        }
    }

    @Test func `a router's counts by data source are a JSON object, not a list`() throws {
        var router = RouterReport(state: .online, pid: 5)
        router.byDataSource = ["east2": ConnectionCounts(created: 2, active: 1), "east1": ConnectionCounts()]
        let text = String(decoding: try FrameCodec.encode(router), as: UTF8.self)
        #expect(
            text.contains(
                #""byDataSource":{"east1":{"active":0,"created":0},"east2":{"active":1,"created":2}}"#),
            "\(text)")
        try checkRoundTrip(router)
    }

    @Test func `keys are sorted, so that equal values are equal bytes`() throws {
        let record = DataSourceRecord(
            role: .primary, state: .shunned, reason: "A/B", changedAt: WallTime(milliseconds: 7))
        let text = String(decoding: try FrameCodec.encode(record), as: UTF8.self)
        #expect(text == #"{"changedAt":7,"reason":"A/B","role":"master","state":"SHUNNED"}"#)
    }

    @Test func `a name that is none is refused when it is read`() throws {
        let bytes = Array(#"{"host":"a b","promotedAt":"","since":1}"#.utf8)
        #expect(throws: Refusal.self) { try FrameCodec.decode(PrimaryRecord.self, from: bytes) }
        let position = Array(#"{"host":"a","promotedAt":"1-x","since":1}"#.utf8)
        #expect(throws: Refusal.self) { try FrameCodec.decode(PrimaryRecord.self, from: position) }
    }

    @Test func `goals come back as they were`() throws {
        try checkRoundTrip(ServerGoal.primary(services: ["west": .offline]))
        let event = EventName(schema: "app", name: "purge")
        try checkRoundTrip(ServerGoal.primary(services: [:], events: [event]))
        try checkRoundTrip(EventsRecord(running: [event]))
        try checkRoundTrip(EventReport(running: [event], resting: [event], isPrimary: true))
        try checkRoundTrip(ServerGoal.replica(of: "east1", link: .online))
        try checkRoundTrip(ServerGoal.fenced)
        try checkRoundTrip(RouterGoal(accepts: .offline, write: nil, read: ["east2"]))
    }
}
