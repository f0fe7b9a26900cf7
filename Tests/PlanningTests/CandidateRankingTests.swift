import ClusterModel
import ClusterTestKit
import Planning
import Testing

@Suite struct CandidateRankingTests {
    private func ranking(
        hosts: Int = 4, needsLink: Bool = true, _ change: (inout SiteSnapshot) -> Void
    ) -> CandidateRanking {
        CandidateRanking(SiteSnapshot.healthy(hosts: hosts).with(change), needsLink: needsLink)
    }

    @Test func `what was received counts first, then what was executed, then the configured order`() {
        let ranking = ranking(hosts: 5) { site in
            site.reports["east2"]?.server = .replica(of: "east1", at: "1-1-90", received: "1-1-100")
            site.reports["east3"]?.server = .replica(of: "east1", at: "1-1-80", received: "1-1-110")
            site.reports["east4"]?.server = .replica(of: "east1", at: "1-1-95", received: "1-1-100")
            site.reports["east5"]?.server = .replica(of: "east1", at: "1-1-95", received: "1-1-100")
        }
        #expect(ranking.candidates.map(\.host) == ["east3", "east4", "east5", "east2"])
        #expect(ranking.candidates.map(\.stored) == [110, 100, 100, 100])
        #expect(ranking.candidates.map(\.applied) == [80, 95, 95, 90])
        #expect(ranking.objections.isEmpty)
    }

    @Test func `what was executed counts as received, even where the link has forgotten it`() {
        let ranking = ranking { site in
            site.reports["east2"]?.server = .replica(of: "east1", at: "1-1-120", received: GTIDPosition())
        }
        let best = ranking.candidates.first
        #expect(best?.host == "east2" && best?.stored == 120 && best?.applied == 120 && best?.latency == 0.01)
    }

    @Test func `only the site's own domain counts`() {
        let ranking = ranking { site in
            site.reports["east3"]?.server = .replica(of: "east1", at: "1-1-99,2-21-5000")
        }
        #expect(ranking.candidates.map(\.host) == ["east2", "east4", "east3"])
    }

    @Test func `an unknown latency is shown as such`() {
        let ranking = ranking { $0.reports["east2"]?.server.latency = nil }
        #expect(ranking.candidates.first { $0.host == "east2" }?.latency == -1)
    }

    @Test func `each reason not to take a replica is named`() {
        func objection(_ change: (inout SiteSnapshot) -> Void) -> CandidateObjection? {
            ranking(change).objections["east2"]
        }
        #expect(objection { $0.reports["east2"] = nil } == .managerStopped)
        #expect(objection { $0.set("east2", .shunned, reason: "X") } == .state(.shunned, reason: "X"))
        #expect(objection { $0.set("east2", .offline) } == .state(.offline, reason: ""))
        #expect(objection { $0.set("east2", .failed) } == .state(.failed, reason: ""))
        #expect(objection { $0.records.dataSources["east2"]?.role = .primary } == .state(.online, reason: ""))
        #expect(objection { $0.reports["east2"]?.server.state = .stopped } == .server(.stopped))
        #expect(objection { $0.reports["east2"]?.server.state = .timeout } == .server(.timeout))
        #expect(objection { $0.reports["east2"]?.server.links = [] } == .replicatorMissing)
        #expect(
            objection { site in
                site.reports["east2"]?.server.links[0].applying = false
                site.reports["east2"]?.server.links[0].applyError = 1062
                site.reports["east2"]?.server.links[0].errorText = "Duplicate entry"
            } == .replicator(.suspect, error: "Duplicate entry"))
        #expect(
            objection { $0.reports["east2"]?.server.links[0].receiving = false }
                == .replicator(.offline, error: ""))
        #expect(
            objection { $0.reports["east2"]?.server.links[0].sourceHost = "east3" } == .wrongSource("east3"))
        #expect(
            objection { $0.reports["east2"]?.server.links[0].sourceHost = "?" } == .wrongSource(nil))
        #expect(
            objection { $0.reports["east2"]?.server.latency = 900.5 } == .latency(seconds: 900.5, limit: 900))
        #expect(objection { $0.reports["east2"]?.server.latency = 900 } == nil)
    }

    @Test func `without the primary the link need not work`() {
        let ranking = ranking(needsLink: false) { site in
            site.reports["east2"]?.server.links[0].receiving = false
            site.reports["east3"]?.server.links = []
        }
        #expect(ranking.candidates.map(\.host) == ["east2", "east3", "east4"])
    }

    @Test func `the primary is never a candidate`() {
        #expect(!ranking { _ in }.candidates.contains { $0.host == "east1" })
    }

    @Test func `every replica is either a candidate or has an objection`() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<2_000 {
            let site = SiteSnapshot.random(using: &generator)
            for needsLink in [true, false] {
                let ranking = CandidateRanking(site, needsLink: needsLink)
                let judged = ranking.candidates.map(\.host) + ranking.objections.keys
                #expect(judged.sorted() == site.replicas.sorted())
            }
        }
    }
}
