import ClusterModel
import ClusterTestKit
import Planning
import Testing

/// Answers to why are the very rules that decide.
@Suite struct VerdictTests {
    @Test func `the planner refuses with the first rule that does not hold, in any site`() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<4_000 {
            let site = SiteSnapshot.random(using: &generator)
            let target = generator.oneIn(2) ? nil : site.shape.hosts.randomElement(using: &generator)
            let force = generator.oneIn(4)
            let verdicts = SwitchPlanner.verdicts(to: target, in: site, force: force)
            var refusal: PlanRefusal?
            do throws(PlanRefusal) {
                _ = try SwitchPlanner.plan(to: target, in: site, force: force)
            } catch {
                refusal = error
            }
            #expect(verdicts.compactMap(\.refusal).first == refusal)
            #expect(verdicts.allSatisfy { $0.holds == ($0.refusal == nil) && !$0.seen.isEmpty })
        }
    }

    @Test func `a failover is refused by the first rule, in any site`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<4_000 {
            let site = SiteSnapshot.random(using: &generator)
            let verdicts = FailoverPlanner.verdicts(target: nil, in: site, force: false)
            var refusal: PlanRefusal?
            do throws(PlanRefusal) {
                _ = try FailoverPlanner.check(target: nil, in: site, force: false)
            } catch {
                refusal = error
            }
            #expect(verdicts.compactMap(\.refusal).first == refusal)
        }
    }

    @Test func `the rules change exactly what their verdicts allow`() {
        var generator = SeededGenerator(seed: 6)
        let now = WallTime(milliseconds: 100_000)
        for _ in 0..<4_000 {
            let site = SiteSnapshot.random(using: &generator)
            let changed = Dictionary(
                uniqueKeysWithValues: Rules.changes(in: site, now: now).map { ($0.host, $0) })
            for host in site.shape.hosts {
                let state = site.record(of: host).state
                let returns = Rules.verdicts(returning: host, in: site, now: now).allSatisfy(\.holds)
                if state == .offline || state == .failed {
                    #expect((changed[host]?.record.state == .online) == returns, "\(host)")
                }
                if changed[host]?.record.state == .failed {
                    let fails = Rules.verdicts(failing: host, in: site).allSatisfy { $0.holds }
                    #expect(fails)
                }
                #expect(state != .shunned || changed[host] == nil)
            }
        }
    }

    @Test func `each rule says what it sees and since when`() throws {
        let site = SiteSnapshot.healthy().with { site in
            site.set("east2", .shunned, reason: "MANUALLY-SHUNNED")
            site.lost["east3"] = WallTime(milliseconds: 7_000)
            site.reports["east3"] = nil
        }
        let shunned = CandidateRanking.verdicts(on: "east2", in: site, needsLink: true)
        let rule = try #require(shunned.first { !$0.holds })
        #expect(rule.rule == .onlineReplica && rule.seen == "slave:SHUNNED(MANUALLY-SHUNNED)")
        #expect(rule.since == WallTime(milliseconds: 1_000))
        let lost = CandidateRanking.verdicts(on: "east3", in: site, needsLink: true)
        #expect(lost.map(\.rule) == [.managerAnswers, .onlineReplica])
        #expect(lost[0].since == WallTime(milliseconds: 7_000))
        let routers = SwitchPlanner.verdicts(to: nil, in: site, force: false).last
        #expect(routers?.rule == .routersManaged && routers?.seen == "no answer from east3")
    }

    @Test func `what changed records want of hosts is told by difference`() throws {
        let site = SiteSnapshot.healthy()
        func goals(_ edits: RecordEdit...) -> [GoalDifference] {
            GoalDifference.between(site, site.applying(edits))
        }
        let shunned = DataSourceRecord(
            role: .replica, state: .shunned, reason: "A", changedAt: WallTime(milliseconds: 2))
        let routers = goals(.dataSource("east2", shunned))
        #expect(routers.map(\.host) == site.shape.hosts)
        #expect(routers.allSatisfy { $0.server == nil && $0.router?.readsLost == ["east2"] })
        #expect(goals(.policy(PolicyRecord(policy: .manual))).isEmpty)
        #expect(
            goals(.replicator("east3", .offline)).map(\.server) == [.replica(of: "east1", link: .offline)])
        #expect(goals(.router("east3", .offline)).compactMap { $0.router?.accepts } == [.offline])
    }

    @Test func `events are the differences between two looks`() {
        let before = SiteSnapshot.healthy()
        let after = before.with { site in
            site.records.policy.policy = .manual
            site.records.primary?.host = "east2"
            site.set("east3", .failed, reason: "X")
            site.reports["east1"] = nil
            site.operation = .sample
        }
        #expect(SiteEvents.between(before, before).isEmpty)
        #expect(
            SiteEvents.between(before, after) == [
                "POLICY AUTOMATIC => MANUAL", "MASTER east1 => east2", "MANAGER east1 ONLINE => STOPPED",
                "DATASOURCE east3 ONLINE => FAILED(X)", "OPERATION 7-1 BEGINS: switch to east2",
            ])
    }
}
