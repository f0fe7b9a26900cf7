import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Testing

/// Events of the scheduler in a switch.
@Suite struct SwitchEventTests {
    private static let purge = EventName(schema: "app", name: "purge")

    private func withEvent(_ body: @escaping @Sendable (TestSite) async throws -> Void) async throws {
        try await TestSite.with { site in
            try site.servers.change("east1") { $0.events.running = [Self.purge] }
            for host in ["east2", "east3"] as [HostName] {
                try site.servers.change(host) { $0.events.resting = [Self.purge] }
            }
            try await body(site)
        }
    }

    private func running(_ site: TestSite) -> [HostName] {
        site.shape.hosts.filter { site.servers[$0]?.events.running == [Self.purge] }
    }

    @Test func `events move with the role`() async throws {
        try await withEvent { site in
            let outcome = try await site.command(SwitchCall(target: "east2"))
            #expect(outcome.complete)
            #expect(running(site) == ["east2"])
            let effects = site.diary.effects
            let rest = try #require(effects.firstIndex(of: Effect("east1", "event app.purge rests")))
            let freeze = try #require(effects.firstIndex(of: Effect("east1", "freeze")))
            #expect(rest < freeze)
        }
    }

    @Test func `a switch that is taken back lets them run as before`() async throws {
        try await withEvent { site in
            site.diary.expect(Fault(Effect("east1", "freeze"), .instead))
            await #expect(throws: Refusal.self) { try await site.command(SwitchCall(target: "east2")) }
            #expect(running(site) == ["east1"])
        }
    }

    @Test func `events that cannot be stopped are a reason to refuse, unless forced`() async throws {
        try await withEvent { site in
            let fault = Fault(Effect("east1", "event app.purge rests"), .instead)
            site.diary.expect(fault)
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.hint?.contains("SET USER") == true)
            try await site.settles(on: "east1")
            site.diary.expect(fault)
            _ = try await site.command(SwitchCall(target: "east2", force: true))
            try await eventually("only the new primary runs it") { running(site) == ["east2"] }
        }
    }

    @Test func `who waits for the freeze besides the routers' sessions is ended before it ends`() async throws
    {
        try await TestSite.with { site in
            try site.servers.change("east1") { $0.waiting = 2 }
            _ = try await site.command(SwitchCall(target: "east2"))
            let effects = site.diary.effects
            let end = try #require(effects.firstIndex(of: Effect("east1", "endWaiting")))
            let thaw = try #require(effects.firstIndex(of: Effect("east1", "thaw")))
            #expect(end < thaw)
        }
    }
}
