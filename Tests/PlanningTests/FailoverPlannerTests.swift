import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct FailoverPlannerTests {
    private static let failed = SiteSnapshot.healthy(hosts: 4).with { site in
        site.set("east1", .failed, reason: "DATASERVER 'east1@east' STOPPED")
        site.reports["east1"]?.server.state = .stopped
    }

    private func checked(
        _ target: HostName? = nil, force: Bool = false, _ change: (inout SiteSnapshot) -> Void = { _ in }
    ) -> Result<HostName, PlanRefusal> {
        Result { () throws(PlanRefusal) in
            try FailoverPlanner.check(target: target, in: Self.failed.with(change), force: force)
        }
    }

    @Test func `each rule that stands in the way is named`() {
        #expect(checked() == .success("east1"))
        #expect(checked { $0.operation = .sample } == .failure(.operationRunning(.sample)))
        #expect(checked { $0.records.primary = nil } == .failure(.noPrimary))
        #expect(checked("west9") == .failure(.noSuchDataSource("west9")))
        #expect(checked("east1") == .failure(.alreadyPrimary("east1")))
        for state in [DataSourceState.online, .offline, .shunned] {
            #expect(checked { $0.set("east1", state) } == .failure(.primaryStillServes("east1")))
            #expect(checked(force: true) { $0.set("east1", state) } == .success("east1"))
        }
        #expect(checked(force: true) { $0.operation = .sample } == .failure(.operationRunning(.sample)))
    }

    @Test func `a target that lacks received transactions is refused with their number`() {
        let site = Self.failed.with { site in
            site.reports["east2"]?.server = .replica(of: "east1", at: "1-1-90", received: "1-1-95")
            site.reports["east3"]?.server = .replica(of: "east1", at: "1-1-80", received: "1-1-110")
        }
        #expect(throws: PlanRefusal.behind("east2", best: "east3", missing: 15)) {
            try FailoverPlanner.choose(target: "east2", in: site)
        }
        #expect(throws: PlanRefusal.notCandidate("east4", .managerStopped)) {
            try FailoverPlanner.choose(target: "east4", in: site.with { $0.reports["east4"] = nil })
        }
    }

    @Test func `nobody is promoted that has received less than another`() throws {
        var generator = SeededGenerator(seed: 31)
        var chosen = 0
        for _ in 0..<4_000 {
            let site = SiteSnapshot.random(using: &generator)
            let target = generator.oneIn(2) ? nil : site.replicas.randomElement(using: &generator)
            let choice: (candidate: Candidate, ranking: CandidateRanking)
            do throws(PlanRefusal) {
                choice = try FailoverPlanner.choose(target: target, in: site)
            } catch {
                continue
            }
            chosen += 1
            #expect(target == nil || choice.candidate.host == target)
            #expect(choice.candidate.host != site.primary)
            let best = choice.ranking.candidates.map(\.stored).max() ?? 0
            #expect(choice.candidate.stored == best)
            #expect(choice.ranking.objections[choice.candidate.host] == nil)
        }
        #expect(chosen > 500)
    }

    @Test func `replicas follow at once only where nothing is left to be executed`() {
        func words(_ change: (inout ServerReport) -> Void) -> [[String]] {
            let site = Self.failed.with { site in
                for host in site.replicas { site.reports[host]?.server.links[0].receiving = false }
                if var server = site.reports["east2"]?.server {
                    change(&server)
                    site.reports["east2"]?.server = server
                }
            }
            return FailoverPlanner.rest(from: "east1", to: "east2", in: site).map { $0.map(\.word) }
        }
        let (next, later) = (["fetch"], [["apply", "ask"], ["follow"], ["fetch"]])
        let done = words { $0.links[0].received = $0.executed }
        #expect(Array(done.prefix(2)) == [["ask", "follow"], next])
        #expect(Array(words { $0.links[0].received = "1-1-999999" }.prefix(3)) == later)
        #expect(Array(words { $0.links[0].receiving = true }.prefix(3)) == later)
        #expect(Array(words { $0.links = [] }.prefix(3)) == later)
    }

    @Test func `without a candidate the objections are told`() {
        let site = Self.failed.with { site in
            for host in site.replicas { site.reports[host] = nil }
        }
        #expect(
            throws: PlanRefusal.noCandidate([
                "east2": .managerStopped, "east3": .managerStopped, "east4": .managerStopped,
            ])
        ) {
            try FailoverPlanner.choose(target: nil, in: site)
        }
    }

    @Test
    func `a replica that cannot be asked is proven to hold nothing of its own, or the failover is refused`()
        throws
    {
        func isProven(_ receivers: Int, _ change: (inout SiteSnapshot) -> Void = { _ in }) throws -> Bool {
            let site = Self.failed.with { site in
                site.reports["east1"]?.server.semiSyncReplicas = receivers
                change(&site)
            }
            let chosen = try FailoverPlanner.choose(target: nil, in: site).candidate
            return FailoverPlanner.complete(chosen, answering: ["east2", "east3"], in: site).holds
        }
        #expect(try isProven(2))
        #expect(try isProven(1))
        #expect(
            try !isProven(0) { $0.reports["east1"]?.server = ServerReport(state: .stopped) },
            "its manager was started after its death, and knows nothing of its receivers")
        #expect(try !isProven(3), "the silent one may have confirmed what nobody else has")
        #expect(
            try !isProven(2) { $0.set("east3", .failed) },
            "one that FAILED may have thrown away what it had received")
        #expect(
            try !isProven(0) { site in
                for host in site.replicas { site.reports[host]?.server = .replica(of: "east1", at: "1-1-90") }
            }, "nobody has all that was logged, and who confirmed it has gone before")
    }

    @Test func `one whose applier stands is not promoted with transactions to execute`() {
        func verdict(_ received: GTIDPosition, applies: Bool) -> Verdict {
            let site = Self.failed.with { site in
                site.reports["east2"]?.server = .replica(of: "east1", at: "1-1-90", received: received)
                site.reports["east2"]?.server.links[0].applying = applies
                site.reports["east2"]?.server.links[0].errorText = "Error 1062"
            }
            let server = site.reports["east2"]?.server ?? .replica(of: "east1", at: "1-1-1")
            let candidate = CandidateRanking.candidate("east2", server, domain: site.shape.domain)
            return FailoverPlanner.executes(candidate, in: site)
        }
        #expect(verdict("1-1-95", applies: true).holds)
        #expect(verdict("1-1-90", applies: false).holds)
        let refusal = verdict("1-1-95", applies: false).refusal
        #expect(refusal == .standing("east2", rest: 5, error: "Error 1062"))
    }

    @Test func `who has told of more and then falls silent keeps a failover from going on`() {
        let site = Self.failed.with { site in
            site.reports["east3"]?.server = .replica(of: "east1", at: "1-1-80", received: "1-1-97")
        }
        func refusal(_ position: GTIDPosition = "1-1-90", heard: [HostName]) -> PlanRefusal? {
            let candidate = CandidateRanking.candidate(
                "east2", .replica(of: "east1", at: position), domain: site.shape.domain)
            return FailoverPlanner.stillTold(
                candidate, by: ["east2", "east3"], heard: heard, in: site
            ).refusal
        }
        #expect(refusal(heard: ["east2"]) == .fellSilent("east3", more: 7, than: "east2"))
        #expect(refusal(heard: ["east3"]) == nil)
        #expect(refusal("1-1-97", heard: []) == nil)
    }

    @Test func `an old primary that was started anew tells nothing of its receivers`() throws {
        func isProven(opened: Bool?) throws -> Bool {
            let site = Self.failed.with { site in
                site.reports["east1"]?.server.state = .online
                site.reports["east1"]?.server.opened = opened
                site.reports["east1"]?.server.semiSyncReplicas = 0
            }
            let chosen = try FailoverPlanner.choose(target: nil, in: site).candidate
            return FailoverPlanner.complete(chosen, answering: ["east2", "east3"], in: site).holds
        }
        #expect(try isProven(opened: true))
        #expect(
            try !isProven(opened: false), "who received from it before the start it does not know any more")
    }
}
