import AdminProtocol
import ClusterModel
import ClusterTestKit
import Testing

@testable import Manager

/// A fence waits for nobody; it must win against an open that is under way all the same.
@Suite struct FenceTests {
    private static let opens = "setReadOnly(false)"

    /// Has the manager of `host` fence its server when the statement that opens it is on its way.
    private func fence(_ host: HostName, of site: TestSite) {
        site.diary.before(Effect(host, Self.opens)) {
            await #expect(throws: Never.self) { _ = try await site[host].agent.carryOut(.fence) }
        }
    }

    /// What was done to the server, from the first fence to the second opening.
    private func course(on host: HostName, of site: TestSite) -> [String] {
        let words = site.diary.effects.filter { $0.host == host && [Self.opens, "fence"].contains($0.what) }
        return Array(words.map(\.what).prefix(4))
    }

    @Test func `one that comes while a restarted primary is opened comes last`() async throws {
        try await TestSite.with { site in
            fence("east1", of: site)
            try site.servers.change("east1") { server in
                server.stop()
                server.start()
            }
            try await eventually("it was opened twice") { course(on: "east1", of: site).count == 4 }
            // The fence's statement was executed first, and was sent again; later it was opened by the records.
            #expect(course(on: "east1", of: site) == [Self.opens, "fence", "fence", Self.opens])
            try await site.settles(on: "east1")
        }
    }

    @Test func `one that comes while a switch opens the new primary comes last`() async throws {
        try await TestSite.with { site in
            fence("east2", of: site)
            let outcome = try await site.command(SwitchCall(target: "east2"))
            #expect(!outcome.complete)
            #expect(outcome.lines.contains { $0.contains("was to be closed while it was opened") })
            try await eventually("it was opened twice") { course(on: "east2", of: site).count == 4 }
            #expect(course(on: "east2", of: site) == [Self.opens, "fence", "fence", Self.opens])
            try await site.settles(on: "east2")
        }
    }

    @Test func `one counts that ran at any moment of an opening`() {
        var count = FenceCount()
        let quiet = count
        #expect(!count.hasRun(since: quiet))
        count.begin()
        let during = count
        #expect(count.hasRun(since: quiet))
        // It began before the opening, and its statement may come first or last.
        #expect(count.hasRun(since: during))
        count.end()
        #expect(count.hasRun(since: quiet) && count.hasRun(since: during))
        #expect(!count.hasRun(since: count))
    }
}
