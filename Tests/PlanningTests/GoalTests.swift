import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct GoalTests {
    @Test func `the primary carries the services that the site receives`() {
        let site = SiteSnapshot.healthy(receives: ["north", "west"]).with {
            $0.records.services["north"] = .offline
        }
        #expect(site.serverGoal(for: "east1") == .primary(services: ["north": .offline, "west": .online]))
        #expect(site.serverGoal(for: "east2") == .replica(of: "east1", link: .online))
    }

    @Test func `a held replicator is a goal too`() {
        let site = SiteSnapshot.healthy().with { $0.records.replicators["east3"] = .offline }
        #expect(site.serverGoal(for: "east3") == .replica(of: "east1", link: .offline))
    }

    @Test func `an old primary is fenced until it is recovered`() {
        let site = SiteSnapshot.healthy().with { site in
            site.records.primary?.host = "east2"
            site.records.dataSources["east2"]?.role = .primary
            site.set("east1", .shunned, reason: "FAILED-OVER-TO-east2")
        }
        #expect(site.serverGoal(for: "east1") == .fenced)
        #expect(site.serverGoal(for: "east2") == .primary(services: [:]))
        #expect(site.serverGoal(for: "east3") == .replica(of: "east2", link: .online))
    }

    @Test func `a site that has never run has no goals`() {
        let site = SiteSnapshot.healthy().with { $0.records = SiteRecords() }
        for host in site.shape.hosts {
            #expect(site.serverGoal(for: host) == nil)
            #expect(
                site.routerGoal(for: host)
                    == RouterGoal(accepts: .online, write: nil, read: ["east1", "east2", "east3"]))
        }
    }

    @Test func `writes go nowhere while the primary is not ONLINE`() {
        for state in [DataSourceState.failed, .offline, .shunned] {
            let site = SiteSnapshot.healthy().with { $0.set("east1", state) }
            #expect(site.routerGoal(for: "east2").write == nil)
            #expect(site.routerGoal(for: "east2").read == ["east2", "east3"])
        }
    }

    @Test func `the read port falls back to the primary only when no replica is ONLINE`() {
        let one = SiteSnapshot.healthy().with { $0.set("east2", .shunned) }
        #expect(one.routerGoal(for: "east1").read == ["east3"])
        let none = one.with { $0.set("east3", .offline) }
        #expect(none.routerGoal(for: "east1").read == ["east1"])
        let nobody = none.with { $0.set("east1", .failed) }
        #expect(nobody.routerGoal(for: "east1").read.isEmpty)
    }

    @Test func `an old primary serves no reads`() {
        let site = SiteSnapshot.healthy().with { $0.records.dataSources["east3"]?.role = .primary }
        #expect(site.routerGoal(for: "east1").read == ["east2"])
    }

    @Test func `whatever the records say, a site has at most one primary goal, and routers write only there`()
    {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<5_000 {
            let site = SiteSnapshot.random(using: &generator)
            var primaries: [HostName] = []
            for host in site.shape.hosts {
                switch site.serverGoal(for: host) {
                case .primary: primaries.append(host)
                case .replica(let source, _): #expect(source == site.primary && source != host)
                case .fenced, nil: break
                }
            }
            #expect(primaries == [site.primary].compactMap { $0 })
            for router in site.shape.routers {
                let goal = site.routerGoal(for: router)
                #expect(goal.write == nil || goal.write == site.primary)
                #expect(goal.read.allSatisfy { site.record(of: $0).state == .online })
                #expect(Set(goal.read).count == goal.read.count)
            }
        }
    }

    @Test func `another host leads etcd than the primary, while nothing else runs`() {
        let member = MemberReport(state: .online)
        let site = SiteSnapshot.healthy().with { site in
            for host in site.shape.hosts { site.reports[host]?.condition = HostCondition() }
            for host: HostName in ["east1", "east3"] { site.reports[host]?.condition?.member = member }
            site.reports["east2"]?.condition?.member = MemberReport(state: .timeout)
        }
        #expect(site.heirs(of: "east1") == ["east3"])
        #expect(site.heirs(of: "east2").isEmpty)
        let running = RunningOperation(
            id: "1-1", command: "switch", coordinator: "east2", startedAt: WallTime(milliseconds: 0))
        let busy = site.with { $0.operation = running }
        #expect(busy.heirs(of: "east1").isEmpty)
        // Where etcd is run by others, there is no member to be asked.
        #expect(SiteSnapshot.healthy().heirs(of: "east1").isEmpty)
    }
}
