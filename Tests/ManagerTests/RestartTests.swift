import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Testing

/// Servers that come back: what their managers do with them.
@Suite struct RestartTests {
    @Test func `a restarted primary reads back what only a replica still has`() async throws {
        try await TestSite.with { site in
            let kept = try site.write(by: "east1")
            try site.servers.change("east1") { server in
                server.stop()
                // Crash recovery took the last transaction back; a replica had confirmed it.
                server.log[1]?.removeLast()
                server.start()
            }
            try await eventually("it takes writes again") { site.servers["east1"]?.readOnly == false }
            #expect(site.servers["east1"]?.log[1]?.last == kept)
            #expect(site.lost(on: "east1").isEmpty)
            let effects = site.diary.effects.filter { $0.host == "east1" }
            let fetched = try #require(effects.firstIndex { $0.what.hasPrefix("changeSource( to east") })
            let opened = try #require(effects.firstIndex { $0.what == "setReadOnly(false)" })
            #expect(fetched < opened)
            try await site.settles(on: "east1")
        }
    }

    @Test func `a restarted primary does not open while a replica cannot be asked`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east3") { $0.hangs = true }
            try site.servers.change("east1") { server in
                server.stop()
                server.start()
            }
            try await eventually("its manager sees it") {
                site["east1"].board.snapshot.reports["east1"]?.server.readOnly == true
            }
            try await Task.sleep(for: .seconds(2))
            #expect(site.servers["east1"]?.readOnly == true)
            try site.servers.change("east3") { $0.hangs = false }
            try await eventually("it takes writes again") { site.servers["east1"]?.readOnly == false }
        }
    }

    @Test func `a coordinator whose certificate has expired leaves its place to another`() async throws {
        try await TestSite.with { site in
            let first = try #require(site.coordinator)
            site[first].conditions.certificateEnds(in: -60)
            try await eventually("another host coordinates") {
                site.hosts.allSatisfy { $0.board.snapshot.coordinator.map { $0 != first } ?? false }
            }
            // It does not come back to it, and the site can be steered.
            _ = try await site.command(SetPolicyCall(policy: .manual))
            #expect(site.coordinator != first)
            site[first].conditions.certificateEnds(in: 3600)
            _ = try await site.command(SetPolicyCall(policy: .automatic))
            try await site.settles(on: "east1")
        }
    }

    @Test func `a primary that refuses its manager, then is too slow to, has not failed`() async throws {
        try await TestSite.with { site in
            for state in [ComponentState.unknown, .timeout] {
                try site.servers.change("east1") {
                    $0.looks = ServerReport(state: state, problem: "a problem")
                }
                try await eventually("its manager cannot tell") {
                    site["east2"].board.snapshot.reports["east1"]?.server.state == .unknown
                }
                try await Task.sleep(for: .seconds(1))
                #expect(site["east2"].board.snapshot.record(of: "east1").state == .online)
            }
            try site.servers.change("east1") { $0.looks = nil }
            try await site.settles(on: "east1")
            #expect(!site.diary.effects.contains { $0.host == "east1" && $0.what == "fence" })
        }
    }

    @Test func `a restarted replica follows again`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east2") { server in
                server.stop()
                server.start()
            }
            try await site.settles(on: "east1")
            let written = try site.write(by: "east3")
            #expect(site.servers["east2"]?.log[1]?.last == written)
        }
    }

    @Test func `a link that a full disk stopped goes on by itself`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east2") { server in
                server.links[""]?.applies = false
                server.links[""]?.applyError = 1114
            }
            try await site.settles(on: "east1")
            let written = try site.write(by: "east3")
            #expect(site.servers["east2"]?.log[1]?.last == written)
        }
    }

    @Test func `a link that an applied row stopped is never started by a manager`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east2") { server in
                server.links[""]?.applies = false
                server.links[""]?.applyError = 1062
            }
            try await eventually("its manager sees it") {
                site["east2"].board.snapshot.reports["east2"]?.server.links.first?.applyError == 1062
            }
            try await Task.sleep(for: .seconds(2))
            #expect(site.servers["east2"]?.links[""]?.applyError == 1062)
            #expect(!site.diary.effects.contains(Effect("east2", "startLink()")))
            // It is no candidate; and an operator's word starts it.
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.code == .wrongState)
            _ = try await site.command(ChangeReplicatorCall(name: "east2", wanted: .online))
            try await site.settles(on: "east1")
        }
    }

    @Test func `a replica that an operator made writable is closed`() async throws {
        try await TestSite.with { site in
            // The primary is dead and stays so: nothing takes writes beside the replica.
            _ = try await site.command(SetPolicyCall(policy: .manual))
            try site.servers.change("east1") { $0.isRunning = false }
            try site.servers.change("east2") { $0.readOnly = false }
            try await eventually("it is closed") { site.servers["east2"]?.readOnly == true }
        }
    }

    @Test func `a manager without a majority changes nothing`() async throws {
        try await TestSite.with { site in
            site.etcd.cut("east2")
            try await eventually("east2 knows") { !site["east2"].board.hasQuorum }
            site.diary.forget()
            try site.servers.change("east2") { $0.links[""]?.receives = false }
            try await eventually("its router is closed") { !site["east2"].router.state.accepts }
            try await Task.sleep(for: .seconds(2))
            let changed = site.diary.effects.filter { $0.host == "east2" && !$0.what.hasPrefix("act ") }
            #expect(
                changed.allSatisfy { $0.what.hasPrefix("refuse ") || $0.what.hasPrefix("no ") }, "\(changed)")
        }
    }
}
