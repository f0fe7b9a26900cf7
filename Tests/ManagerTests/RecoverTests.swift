import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Testing

@Suite struct RecoverTests {
    /// East1 fails, and east2 takes its place.
    private func failOver(_ site: TestSite, leaving extra: Int = 0) async throws {
        try site.servers.change("east1") { server in
            server.stop()
            // Logged, never sent to anybody, never acknowledged.
            for _ in 0..<extra { _ = server.append(1) }
        }
        try await eventually("east1 is FAILED") {
            site.hosts.allSatisfy { $0.board.snapshot.record(of: "east1").state == .failed }
        }
        _ = try await site.command(FailoverCall(target: "east2"))
    }

    @Test func `an old primary comes back as a replica`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await failOver(site)
            let outcome = try await site.command(RecoverCall())
            #expect(outcome.lines == ["RECOVERED 1 DATA SOURCES IN SERVICE 'east'"])
            #expect(site.diary.effects.contains(Effect("east1", "service mysql start")))
            try await site.settles(on: "east2")
            let record = site.hosts[0].board.snapshot.record(of: "east1")
            #expect(
                record.role == .replica && record.state == .offline, "MANUAL leaves the rest to the operator")
        }
    }

    @Test func `an old primary with transactions of its own is not let in`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await failOver(site, leaving: 2)
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(ChangeDataSourceCall(name: "east1", verb: .recover))
            }
            #expect(refusal?.code == .wouldLoseWrites)
            #expect(refusal?.message.contains("'east1' has 2 transactions") == true)
            #expect(refusal?.message.contains("/tails/east1.sql") == true)
            let server = try #require(site.servers["east1"])
            #expect(server.readOnly && server.links.isEmpty)
            #expect(site.hosts[0].board.snapshot.record(of: "east1").state == .shunned)
            // It stays so, whatever is tried without force.
            await #expect(throws: Refusal.self) { try await site.command(RecoverCall()) }
            let again = await #expect(throws: Refusal.self) {
                try await site.command(ChangeDataSourceCall(name: "east1", verb: .welcome, force: true))
            }
            #expect(again?.code == .wrongState)
        }
    }

    @Test func `an old primary that returns by itself stays fenced`() async throws {
        try await TestSite.with(policy: .manual) { site in
            try await failOver(site)
            try site.servers.change("east1") { server in
                server.start()
                server.readOnly = true
            }
            try await eventually("its manager sees it") {
                site.hosts[1].board.snapshot.reports["east1"]?.server.state == .online
            }
            // Some rounds of its manager later.
            try await Task.sleep(for: .seconds(2))
            let server = try #require(site.servers["east1"])
            #expect(server.readOnly)
            #expect(server.links.isEmpty)
            #expect(site.hosts[1].board.snapshot.record(of: "east1").state == .shunned)
        }
    }

    @Test func `a failed replica is started and follows again`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east3") { $0.stop() }
            try await eventually("east3 is FAILED") {
                site.hosts.allSatisfy { $0.board.snapshot.record(of: "east3").state == .failed }
            }
            let outcome = try await site.command(ChangeDataSourceCall(name: "east3", verb: .recover))
            #expect(outcome.lines == ["RECOVERY OF 'east3@east' WAS SUCCESSFUL"])
            try await site.settles(on: "east1")
        }
    }

    @Test func `a recovery gives way to the failover of a primary that dies meanwhile`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east3") { $0.stop() }
            try await eventually("east3 is FAILED") {
                site.hosts.allSatisfy { $0.board.snapshot.record(of: "east3").state == .failed }
            }
            site.diary.before(Effect("east3", "service mysql start")) {
                try? site.servers.change("east1") { $0.stop() }
                try? await eventually("it is seen") {
                    site.hosts.allSatisfy { $0.board.snapshot.reports["east1"]?.server.state == .stopped }
                }
            }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(ChangeDataSourceCall(name: "east3", verb: .recover))
            }
            #expect(refusal?.code == .wrongState)
            #expect(refusal?.message.contains("the primary 'east1' does not serve") == true)
            try await eventually("another is the primary") {
                site.hosts.allSatisfy { $0.board.snapshot.primary != "east1" }
            }
        }
    }

    @Test func `in policy MANUAL a recovered data source is OFFLINE`() async throws {
        try await TestSite.with { site in
            _ = try await site.command(SetPolicyCall(policy: .manual))
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .shun))
            let outcome = try await site.command(ChangeDataSourceCall(name: "east3", verb: .recover))
            #expect(outcome.lines.last == "DataSource 'east3' is now OFFLINE")
            #expect(site.hosts[0].board.snapshot.record(of: "east3").state == .offline)
        }
    }

    @Test func `a host whose manager is gone cannot be recovered`() async throws {
        try await TestSite.with { site in
            let target = try #require(site.shape.hosts.last { $0 != site.coordinator && $0 != "east1" })
            _ = try await site.command(ChangeDataSourceCall(name: target, verb: .shun))
            site.network.cut(target)
            site.etcd.cut(target)
            site.etcd.expire(target)
            try await eventually("it is gone") {
                site.hosts.allSatisfy { $0.name == target || $0.board.snapshot.reports[target] == nil }
            }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(
                    ChangeDataSourceCall(name: target, verb: .recover), on: site.coordinator)
            }
            #expect(refusal?.code == .hostUnreachable)
        }
    }
}
