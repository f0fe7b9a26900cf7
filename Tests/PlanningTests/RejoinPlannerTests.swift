import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct RejoinPlannerTests {
    private let gone: SiteSnapshot = {
        var snapshot = SiteSnapshot.healthy(hosts: 4)
        snapshot.records.dataSources["east4"] = DataSourceRecord(
            role: .replica, state: .shunned, reason: "", changedAt: WallTime(milliseconds: 1_000))
        return snapshot
    }()

    @Test func `the replica with the least lag is copied`() throws {
        var snapshot = gone
        snapshot.reports["east2"]?.server.latency = 0.5
        snapshot.reports["east3"]?.server.latency = 0.1
        #expect(try RejoinPlanner.donor(nil, for: "east4", in: snapshot) == "east3")
        snapshot.reports["east2"]?.server.latency = 0.1
        #expect(try RejoinPlanner.donor(nil, for: "east4", in: snapshot) == "east2")
    }

    @Test func `the primary is copied only where there is no replica`() throws {
        var snapshot = gone
        for host in ["east2", "east3"] as [HostName] {
            snapshot.records.dataSources[host] = DataSourceRecord(
                role: .replica, state: .shunned, reason: "", changedAt: WallTime(milliseconds: 1_000))
        }
        #expect(try RejoinPlanner.donor(nil, for: "east4", in: snapshot) == "east1")
        #expect(try RejoinPlanner.donor("east1", for: "east4", in: gone) == "east1")
        snapshot.reports["east1"]?.server.state = .stopped
        #expect(throws: PlanRefusal.self) { try RejoinPlanner.donor(nil, for: "east4", in: snapshot) }
    }

    @Test func `a donor of the operator's choice must be fit`() throws {
        #expect(try RejoinPlanner.donor("east2", for: "east4", in: gone) == "east2")
        #expect(throws: PlanRefusal.notDonor("east4", nil)) {
            try RejoinPlanner.donor("east4", for: "east4", in: gone)
        }
        #expect(throws: PlanRefusal.noSuchDataSource("east9")) {
            try RejoinPlanner.donor("east9", for: "east4", in: gone)
        }
    }

    @Test func `a source that refuses makes a copy needed, an applied error does not`() {
        var link = LinkReport(
            name: "", sourceHost: "east1", receiving: false, connecting: false, applying: true,
            receiveError: 1236, applyError: 0, errorText: "purged", tls: false, received: "1-11-5",
            secondsBehind: nil)
        #expect(RejoinPlanner.way(.clean, after: link) == .copy(.refused("purged")))
        link.receiveError = 0
        link.applyError = 1062
        #expect(RejoinPlanner.way(.clean, after: link) == .follow)
        #expect(RejoinPlanner.way(.behind(at: nil)) == .follow)
    }

    @Test func `an old primary with nothing of its own may return by itself`() {
        var snapshot = gone
        snapshot.records.dataSources["east4"] = DataSourceRecord(
            role: .primary, state: .shunned, reason: "FAILED-OVER-TO-east1",
            changedAt: WallTime(milliseconds: 1_000))
        snapshot.reports["east4"]?.server.links = []
        for host in snapshot.shape.hosts { snapshot.reports[host]?.server.history = "1-11-5" }
        #expect(Rules.verdicts(rejoining: "east4", in: snapshot, now: WallTime(milliseconds: 9_000)).allHold)
        snapshot.reports["east4"]?.server.history = "1-11-5,1-14-6"
        let verdicts = Rules.verdicts(rejoining: "east4", in: snapshot, now: WallTime(milliseconds: 9_000))
        #expect(verdicts.filter { !$0.holds }.map(\.rule) == [.nothingDiverged])
        snapshot.reports["east4"]?.server.history = nil
        #expect(!Rules.verdicts(rejoining: "east4", in: snapshot, now: WallTime(milliseconds: 9_000)).allHold)
        snapshot.reports["east4"]?.server.history = "1-11-5"
        snapshot.records.policy.policy = .manual
        #expect(!Rules.verdicts(rejoining: "east4", in: snapshot, now: WallTime(milliseconds: 9_000)).allHold)
    }
}
