import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Testing

@Suite struct FailoverTests {
    /// Ends the primary's server, and waits until the rules have seen it.
    private func fail(_ site: TestSite, _ end: (inout FakeServers.Server) -> Void = { $0.stop() })
        async throws
    {
        try site.servers.change("east1", end)
        try await eventually("east1 is FAILED") {
            site.hosts.allSatisfy { $0.board.snapshot.record(of: "east1").state == .failed }
        }
    }

    @Test func `a failover promotes the replica that has received most`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try site.servers.change("east2") { $0.links[""]?.receives = false }
            let last = try site.write(by: "east1")
            try await fail(site)
            let outcome = try await site.command(FailoverCall(target: nil))
            #expect(outcome.complete, "\(outcome.lines)")
            #expect(outcome.lines.last == "FAILOVER TO 'east3@east' WAS SUCCESSFUL")
            let new = try #require(site.servers["east3"])
            #expect(!new.readOnly && new.semiSync && new.links.isEmpty)
            #expect(new.log[1]?.contains(last) == true)
            #expect(site.lost(on: "east3").isEmpty)
            // A gap in the numbers makes every server that holds lost transactions stop with an error.
            #expect(new.position.sequence(of: 1) > 1_000_000)
            try await eventually("the other replica follows") {
                site.servers["east2"]?.position == site.servers["east3"]?.position
            }
            for router in site.shape.routers { _ = try site.write(by: router) }
            let record = site.hosts[0].board.snapshot.record(of: "east1")
            #expect(record.role == .primary && record.state == .shunned)
            #expect(record.reason == "FAILED-OVER-TO-east3")
        }
    }

    @Test func `a target that lacks received transactions is refused, and nothing is promoted`() async throws
    {
        try await TestSite.with(policy: .manual) { site in
            try site.servers.change("east2") { $0.links[""]?.receives = false }
            _ = try site.write(by: "east1")
            try await fail(site)
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(FailoverCall(target: "east2"))
            }
            #expect(refusal?.code == .wouldLoseWrites)
            #expect(refusal?.hint == "failover to east3")
            #expect(site.servers["east2"]?.readOnly == true && site.servers["east3"]?.readOnly == true)
            #expect(site.hosts.allSatisfy { $0.board.snapshot.primary == "east1" })
        }
    }

    @Test func `what only a standing applier could execute is given up by force alone`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try site.servers.change("east2") { server in
                server.links[""]?.applies = false
                server.links[""]?.applyError = 1062
            }
            try site.servers.change("east3") { $0.links[""]?.receives = false }
            _ = try site.write(by: "east1")
            try await fail(site)
            let why = try await site.command(WhyCall(topic: .failover, name: nil), role: .observer)
            #expect(why.conclusion.contains("its applier stands with 1 transactions"), "\(why.conclusion)")
            #expect(why.parts.flatMap(\.rules).contains { $0.rule == "executes-rest" && !$0.holds })
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(FailoverCall(target: nil))
            }
            #expect(refusal?.code == .wouldLoseWrites, "\(refusal?.message ?? "")")
            #expect(refusal?.message.contains("its applier stands with 1 transactions") == true)
            #expect(site.servers["east2"]?.readOnly == true && site.servers["east3"]?.readOnly == true)
            let outcome = try await site.command(FailoverCall(target: "east3", force: true))
            #expect(outcome.lines.last == "FAILOVER TO 'east3@east' WAS SUCCESSFUL")
            #expect(site.servers["east3"]?.readOnly == false)
        }
    }

    @Test func `a failover from a primary that serves is refused`() async throws {
        try await TestSite.with(policy: .manual) { site in
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(FailoverCall(target: nil))
            }
            #expect(refusal?.code == .primaryStillServes)
            #expect(site.diary.effects.allSatisfy { $0.what == "act report" || $0.what.hasPrefix("commit ") })
            try await site.settles(on: "east1")
        }
    }

    @Test func `an old primary that cannot be fenced stops a failover, but not one by force`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await fail(site) { server in
                server.hangs = true
                server.isProtected = true
            }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(FailoverCall(target: nil))
            }
            #expect(refusal?.code == .wouldLoseWrites)
            #expect(refusal?.code.exitStatus == 3)
            #expect(site.servers["east2"]?.readOnly == true && site.servers["east3"]?.readOnly == true)
            try site.servers.change("east1") { $0.hangs = false }
            try await eventually("the replicas follow east1 again as soon as it is seen") {
                ["east2", "east3"].allSatisfy { site.servers[$0]?.links[""]?.receives == true }
            }
            // By force it goes on, and the operator's word was that the old primary is off.
            try site.servers.change("east1") { $0.stop() }
            site.network.fencing("east1", finds: .unknown("no answer"))
            let lines = LineBox()
            _ = try await site.command(FailoverCall(target: nil, force: true)) { lines.add($0) }
            #expect(site.servers["east2"]?.readOnly == false)
        }
    }

    @Test func `a serving primary is fenced before another is promoted`() async throws {
        try await TestSite.with(policy: .manual) { site in
            _ = try await site.command(ChangeDataSourceCall(name: "east1", verb: .fail, force: true))
            _ = try await site.command(FailoverCall(target: "east3"))
            #expect(site.servers["east1"]?.readOnly == true)
            #expect(site.servers["east3"]?.readOnly == false)
            #expect(site.lost(on: "east3").isEmpty)
        }
    }

    @Test(arguments: [nil] + Fault.Moment.allCases)
    func `who follows the new primary finds a short log, if that can be had`(fails: Fault.Moment?)
        async throws
    {
        try await TestSite.with(policy: .manual) { site in
            try await fail(site)
            site.diary.forget()
            let file = Effect("east2", "beginLogFile")
            if let fails { site.diary.expect(Fault(file, fails)) }
            let outcome = try await site.command(FailoverCall(target: "east2"))
            #expect(outcome.complete, "\(outcome.lines)")
            try await eventually("the other replica follows") {
                site.servers["east3"]?.links[""]?.source == "east2"
            }
            let effects = site.diary.effects
            let begun = try #require(effects.firstIndex(of: file))
            let followed = effects.firstIndex { $0.host == "east3" && $0.what.hasPrefix("changeSource") }
            #expect(begun < (try #require(followed)), "\(effects)")
        }
    }

    @Test func `a new primary that does not open at once is opened later`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await fail(site)
            site.diary.expect(Fault(Effect("east2", "setReadOnly(false)"), .instead))
            let outcome = try await site.command(FailoverCall(target: "east2"))
            #expect(!outcome.complete)
            #expect(outcome.lines.contains { $0.hasPrefix("FOLLOW-UP: 'east2' is opened later") })
            #expect(outcome.lines.last == "FAILOVER TO 'east2@east' WAS SUCCESSFUL")
            try await eventually("it is open") { site.servers["east2"]?.readOnly == false }
        }
    }

    @Test(arguments: Fault.Moment.allCases)
    func `a failure before the decision promotes nobody`(moment: Fault.Moment) async throws {
        for effect in [Effect("east2", "stopReceiving()"), Effect("east2", "awaitExecuted")] {
            try await TestSite.with(policy: .manual) { site in
                // Something is received and not executed, else that is not waited for.
                try site.servers.change("east2") { $0.isBusy = true }
                _ = try site.write(by: "east1")
                try await fail(site)
                site.diary.expect(Fault(effect, moment))
                await #expect(throws: Refusal.self) { try await site.command(FailoverCall(target: "east2")) }
                #expect(site.servers["east2"]?.readOnly == true)
                #expect(site.hosts.allSatisfy { $0.board.snapshot.primary == "east1" })
                // The next attempt succeeds.
                try site.servers.change("east2") { $0.isBusy = false }
                try await eventually("the replicas receive again") {
                    ["east2", "east3"].allSatisfy { host in
                        site.hosts[0].board.snapshot.reports[host]?.server.links.first?.applying == true
                    }
                }
                _ = try await site.command(FailoverCall(target: "east2"))
                #expect(site.servers["east2"]?.readOnly == false)
            }
        }
    }
}
