import ClusterModel
import ClusterTestKit
import Planning
import Testing

/// What the rules leave alone because it comes and goes again and again.
@Suite struct FlappingTests {
    private static func at(_ seconds: Double) -> WallTime { WallTime(milliseconds: Int64(seconds * 1000)) }

    private static let site = SiteSnapshot.healthy(hosts: 3).with { $0.shape.flappingLimit = 3 }

    /// One server ends and comes back; the rules judge both moments.
    private func fall(_ host: HostName, _ site: inout SiteSnapshot, at seconds: Double) {
        let up = site.reports[host]?.server
        site.reports[host]?.server.state = .stopped
        apply(&site, at: seconds)
        #expect(site.record(of: host).state == .failed)
        if let up { site.reports[host]?.server = up }
        apply(&site, at: seconds + 1)
    }

    private func apply(_ site: inout SiteSnapshot, at seconds: Double) {
        for change in Rules.changes(in: site, now: Self.at(seconds)) {
            site.records.dataSources[change.host] = change.record
        }
    }

    @Test func `a replica is brought back three times, then shown with what to type, until an operator does`()
    {
        var site = Self.site
        for round in 1...3 {
            fall("east2", &site, at: Double(round * 100))
            #expect(site.record(of: "east2").state == .online)
            #expect(site.record(of: "east2").returns?.count == round)
        }
        fall("east2", &site, at: 400)
        let record = site.record(of: "east2")
        #expect(record.state == .failed)
        #expect(record.reason == "FLAPPING: BACK 3 TIMES IN 10 MIN; datasource east2 recover")
        // However long it serves: a person looks at it first.
        apply(&site, at: 90_000)
        #expect(site.record(of: "east2") == record)
        let verdicts = Rules.verdicts(returning: "east2", in: site, now: Self.at(90_000))
        #expect(verdicts.filter { !$0.holds }.map(\.rule) == [.steady])
        // What `recover` writes begins anew.
        site.set("east2", .online)
        fall("east2", &site, at: 91_000)
        #expect(site.record(of: "east2").state == .online)
    }

    @Test func `returns that are far apart do not count together, and without a limit none do`() {
        var slow = Self.site
        for round in 1...9 {
            fall("east3", &slow, at: Double(round) * 301)
            #expect(slow.record(of: "east3").state == .online)
        }
        var unlimited = Self.site.with { $0.shape.flappingLimit = 0 }
        for round in 1...9 {
            fall("east3", &unlimited, at: Double(round) * 10)
            #expect(unlimited.record(of: "east3").state == .online)
        }
    }

    @Test func `a primary that nobody has replaced comes back however often`() {
        var site = Self.site
        for round in 1...6 {
            fall("east1", &site, at: Double(round) * 10)
            #expect(site.record(of: "east1").state == .online)
        }
    }

    @Test func `an old primary that was recovered again and again stays set aside`() {
        var site = Self.site
        let history = GTIDHistory([GTID(domain: 1, server: 11, sequence: 100)])
        site.records.primary?.host = "east2"
        site.records.dataSources["east2"]?.role = .primary
        site.reports["east2"]?.server = .primary()
        site.reports["east2"]?.server.history = history
        site.set("east1", .shunned, reason: "FAILED-OVER-TO-east2")
        site.reports["east1"]?.server.history = history
        site.reports["east1"]?.server.readOnly = true
        let now = Self.at(500)
        #expect(Rules.verdicts(rejoining: "east1", in: site, now: now).allHold)
        site.records.dataSources["east1"]?.returns = [100, 200, 300].map(Self.at)
        #expect(!Rules.verdicts(rejoining: "east1", in: site, now: now).allHold)
        apply(&site, at: 500)
        #expect(
            site.record(of: "east1").reason
                == "FAILED-OVER-TO-east2, FLAPPING: BACK 3 TIMES IN 10 MIN; datasource east1 recover")
        #expect(Rules.changes(in: site, now: Self.at(501)).isEmpty)
    }

    @Test func `a failover right after another waits, each time longer`() {
        var site = Self.site.with { $0.set("east1", .failed, reason: "DATASERVER 'east1@east' STOPPED") }
        site.reports["east1"]?.server.state = .stopped
        func mayBegin(_ seconds: Double, after times: [Double]) -> Bool {
            site.records.primary?.failovers = times.map(Self.at)
            return Rules.verdicts(failingOverIn: site, now: Self.at(seconds)).allHold
        }
        #expect(mayBegin(100, after: []))
        #expect(!mayBegin(104, after: [100]))
        #expect(mayBegin(105, after: [100]))
        #expect(!mayBegin(119, after: [100, 110]))
        #expect(mayBegin(120, after: [100, 110]))
        #expect(!mayBegin(349, after: [100, 110, 130, 170, 290]))
        #expect(mayBegin(350, after: [100, 110, 130, 170, 290]))
        #expect(mayBegin(900, after: [100, 110, 130, 170, 290]), "ten minutes later they are forgotten")
        #expect(mayBegin(90, after: [100]), "a clock that was set back keeps nobody waiting")
        site.shape.flappingLimit = 0
        #expect(mayBegin(101, after: [100]))
    }
}
