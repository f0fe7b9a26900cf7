import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Synchronization
import Testing

@Suite struct ReprovisionTests {
    /// East1 fails with transactions that nobody else has, and east2 takes its place.
    private func diverge(_ site: TestSite) async throws {
        try site.servers.change("east1") { server in
            server.stop()
            for _ in 0..<2 { _ = server.append(1) }
        }
        try await eventually("east1 is FAILED") {
            site.hosts.allSatisfy { $0.board.snapshot.record(of: "east1").state == .failed }
        }
        _ = try await site.command(FailoverCall(target: "east2"))
    }

    @Test func `by force an old primary gets a copy, and what it had is saved first`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await diverge(site)
            let lines = LineBox()
            let outcome = try await site.command(
                ChangeDataSourceCall(name: "east1", verb: .recover, force: true)
            ) { lines.add($0) }
            #expect(outcome.lines.first == "RECOVERY OF 'east1@east' WAS SUCCESSFUL")
            #expect(lines.lines.contains("SAVED ON 'east1': /tails/east1.sql"))
            #expect(lines.lines.contains("RE-PROVISIONING 'east1@east' FROM 'east3@east'"))
            let steps = site.diary.effects.filter { $0.host == "east1" }.map(\.what)
            let saved = try #require(steps.firstIndex(of: "save tail"))
            let received = try #require(steps.firstIndex(of: "receive from east3"))
            #expect(saved < received)
            try await site.settles(on: "east2")
            #expect(site.hosts[0].board.snapshot.record(of: "east1").role == .replica)
            let tails = try await site.command(TailsCall(name: "east1"), role: .observer)
            #expect(tails.first?.transactions == 2)
            let entry = try await site.command(HistoryCall(limit: 9), role: .observer)
                .first { $0.command == "datasource east1 reprovision from east3" }
            #expect(entry?.result == .done)
        }
    }

    @Test func `the whole site's recovery re-provisions too`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await diverge(site)
            let outcome = try await site.command(RecoverCall(force: true))
            #expect(outcome.lines == ["RECOVERED 1 DATA SOURCES IN SERVICE 'east'"])
            #expect(outcome.complete)
            try await site.settles(on: "east2")
        }
    }

    @Test(arguments: ["measure", "receive from east3", "exchange"])
    func `a copy that fails leaves everything as it was, and works the next time`(step: String) async throws {
        try await TestSite.with(policy: .manual) { site in
            try await diverge(site)
            let before = site.hosts[0].board.snapshot.record(of: "east1")
            let log = site.servers["east1"]?.log
            site.diary.expect(Fault(Effect("east1", step), .instead))
            await #expect(throws: Refusal.self) {
                try await site.command(ChangeDataSourceCall(name: "east1", verb: .recover, force: true))
            }
            #expect(site.servers["east1"]?.log == log)
            let after = site.hosts[0].board.snapshot.record(of: "east1")
            #expect(after.role == before.role && after.reason == before.reason && after.state == .shunned)
            _ = try await site.command(ChangeDataSourceCall(name: "east1", verb: .recover, force: true))
            try await site.settles(on: "east2")
        }
    }

    @Test func `without room for a copy nothing is changed`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await diverge(site)
            site["east1"].copies.room.withLock { $0 = 1 << 20 }
            let before = site.hosts[0].board.snapshot.record(of: "east1")
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(ChangeDataSourceCall(name: "east1", verb: .recover, force: true))
            }
            #expect(refusal?.code == .noSpace)
            #expect(site.hosts[0].board.snapshot.record(of: "east1") == before)
            #expect(!site.diary.effects.contains { $0.what.hasPrefix("receive") })
            // It was saved all the same.
            #expect(try await site.command(TailsCall(name: "east1"), role: .observer).count == 1)
        }
    }

    @Test func `an explicit copy is for a replica that is set aside, or by force`() async throws {
        try await TestSite.with { site in
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(ReprovisionCall(name: "east3"))
            }
            #expect(refusal?.code == .forceNeeded)
            let primary = await #expect(throws: Refusal.self) {
                try await site.command(ReprovisionCall(name: "east1", force: true))
            }
            #expect(primary?.code == .wrongState)
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .shun))
            let wrong = await #expect(throws: Refusal.self) {
                try await site.command(ReprovisionCall(name: "east3", source: "east3"))
            }
            #expect(wrong?.code == .badArgument)
            let outcome = try await site.command(ReprovisionCall(name: "east3", source: "east1"))
            #expect(outcome.lines == ["RECOVERY OF 'east3@east' WAS SUCCESSFUL"])
            #expect(site.diary.effects.contains(Effect("east3", "receive from east1")))
            try await site.settles(on: "east1")
        }
    }

    @Test func `a plan shows which way it will be, and changes nothing`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await diverge(site)
            try site.servers.change("east1") { $0.start() }
            try await eventually("its manager sees it") {
                site.hosts[0].board.snapshot.reports["east1"]?.server.state == .online
            }
            let call = try #require(
                PlannedChange(ChangeDataSourceCall(name: "east1", verb: .recover)))
            let plan = try await site.command(PlanCall(call), role: .observer)
            #expect(plan.steps.contains { $0.contains("copy the data of 'east3'") })
            #expect(plan.steps.first?.contains("save what only 'east1' has") == true)
            #expect(!site.diary.effects.contains(Effect("east1", "save tail")))
            #expect(site.servers["east1"]?.links.isEmpty == true)
        }
    }

    @Test func `an old primary with nothing of its own rejoins without an operator, another does not`()
        async throws
    {
        try await TestSite.with(policy: .manual) { site in
            try site.servers.change("east1") { $0.stop() }
            try await eventually("east1 is FAILED") {
                site.hosts.allSatisfy { $0.board.snapshot.record(of: "east1").state == .failed }
            }
            _ = try await site.command(FailoverCall(target: "east2"))
            try site.servers.change("east1") { $0.start() }
            let coordinator = try #require(site.coordinator)
            try await site[coordinator].coordinator.rejoin("east1")
            try await site.settles(on: "east2")
        }
        try await TestSite.with(policy: .manual) { site in
            try await diverge(site)
            try site.servers.change("east1") { $0.start() }
            let coordinator = try #require(site.coordinator)
            let refusal = await #expect(throws: Refusal.self) {
                try await site[coordinator].coordinator.rejoin("east1")
            }
            #expect(refusal?.code == .diverged)
            #expect(site.servers["east1"]?.links.isEmpty == true)
        }
    }
}
