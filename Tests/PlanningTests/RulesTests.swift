import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct RulesTests {
    private static let now = WallTime(milliseconds: 100_000)

    private func changes(_ change: (inout SiteSnapshot) -> Void) -> [Rules.Change] {
        Rules.changes(in: SiteSnapshot.healthy().with(change), now: Self.now)
    }

    @Test func `a healthy site is left alone`() {
        #expect(changes { _ in }.isEmpty)
    }

    @Test(arguments: [Policy.automatic, .manual])
    func `a server that ends is FAILED, with the reason`(policy: Policy) throws {
        let found = changes { site in
            site.records.policy.policy = policy
            site.reports["east2"]?.server.state = .stopped
        }
        let change = try #require(found.first)
        #expect(found.count == 1)
        #expect(change.host == "east2")
        #expect(change.record.state == .failed && change.record.role == .replica)
        #expect(change.record.reason == "DATASERVER 'east2@east' STOPPED")
        #expect(change.record.changedAt == Self.now)
    }

    @Test func `a server that hangs is FAILED too, and the reason follows what becomes of it`() {
        func reasons(after reason: String?, now state: ComponentState) -> [String] {
            let found = changes { site in
                if let reason { site.set("east1", .failed, reason: reason) }
                site.reports["east1"]?.server.state = state
            }
            return found.map(\.record.reason)
        }
        let stopped = "DATASERVER 'east1@east' STOPPED"
        let hangs = "DATASERVER 'east1@east' TIMEOUT"
        #expect(reasons(after: nil, now: .timeout) == [hangs])
        #expect(reasons(after: hangs, now: .stopped) == [stopped])
        #expect(reasons(after: stopped, now: .stopped).isEmpty)
        #expect(reasons(after: "MANUALLY-FAILED", now: .stopped).isEmpty)
    }

    @Test func `a lost manager is no failed server, and neither is one that nobody can judge`() {
        let lost = changes { $0.reports["east1"] = nil }
        #expect(lost.isEmpty)
        let unknown = changes { $0.reports["east1"]?.server.state = .unknown }
        #expect(unknown.isEmpty)
    }

    @Test func `nothing is changed during an operation, or in policy MAINTENANCE`() {
        var generator = SeededGenerator(seed: 77)
        for _ in 0..<1_000 {
            let site = SiteSnapshot.random(using: &generator)
            #expect(Rules.changes(in: site.with { $0.operation = .sample }, now: Self.now).isEmpty)
            let maintained = site.with { $0.records.policy.policy = .maintenance }
            #expect(Rules.changes(in: maintained, now: Self.now).isEmpty)
            #expect(Rules.replicatorsToStart(in: maintained) { _ in 1_000 }.isEmpty)
            #expect(Rules.replicatorsToStart(in: site.with { $0.operation = .sample }) { _ in 1_000 }.isEmpty)
        }
    }

    @Test func `the rules never touch a SHUNNED data source, never change a role, and come to rest`() {
        var generator = SeededGenerator(seed: 78)
        for _ in 0..<2_000 {
            var site = SiteSnapshot.random(using: &generator)
            let before = site
            for change in Rules.changes(in: site, now: Self.now) {
                #expect(before.record(of: change.host).state != .shunned)
                #expect(before.record(of: change.host).role == change.record.role)
                site.records.dataSources[change.host] = change.record
            }
            #expect(Rules.changes(in: site, now: Self.now).isEmpty)
        }
    }

    @Test func `AUTOMATIC brings an OFFLINE data source back after a while, MANUAL never`() {
        func offline(_ policy: Policy, since milliseconds: Int64) -> [DataSourceState] {
            changes { site in
                site.records.policy.policy = policy
                site.records.dataSources["east3"] = DataSourceRecord(
                    role: .replica, state: .offline, changedAt: WallTime(milliseconds: milliseconds))
            }.map(\.record.state)
        }
        #expect(offline(.automatic, since: 97_000) == [.online])
        #expect(offline(.automatic, since: 97_001).isEmpty)
        #expect(offline(.manual, since: 0).isEmpty)
    }

    @Test func `AUTOMATIC takes back what the rules have said, once the server has its place again`() {
        func returned(
            _ host: HostName, reason: String = "DATASERVER 'x@east' STOPPED", policy: Policy = .automatic,
            _ change: (inout ServerReport) -> Void = { _ in }
        ) -> [DataSourceState] {
            changes { site in
                site.records.policy.policy = policy
                site.set(host, .failed, reason: reason)
                if var report = site.reports[host] {
                    change(&report.server)
                    site.reports[host] = report
                }
            }.map(\.record.state)
        }
        #expect(returned("east1") == [.online])
        #expect(returned("east1") { $0.readOnly = true }.isEmpty)
        #expect(returned("east2") == [.online])
        #expect(returned("east2") { $0.links = [] }.isEmpty)
        #expect(returned("east2") { $0.links[0].applying = false }.isEmpty)
        #expect(returned("east2", policy: .manual).isEmpty)
        #expect(returned("east2", reason: "MANUALLY-FAILED").isEmpty)
    }

    @Test func `AUTOMATIC starts held replicators after a while, but not those of SHUNNED data sources`() {
        let site = SiteSnapshot.healthy(hosts: 4).with { site in
            for host in site.shape.hosts { site.records.replicators[host] = .offline }
            site.set("east3", .shunned)
        }
        #expect(Rules.replicatorsToStart(in: site) { _ in 3 } == ["east2", "east4"])
        #expect(Rules.replicatorsToStart(in: site) { $0 == "east2" ? 2.9 : 3 } == ["east4"])
        let manual = site.with { $0.records.policy.policy = .manual }
        #expect(Rules.replicatorsToStart(in: manual) { _ in 1_000 }.isEmpty)
    }
}
