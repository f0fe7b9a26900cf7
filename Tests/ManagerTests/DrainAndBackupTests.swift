import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Testing

/// Taking a data source out politely, looking who is there, and copying its data.
@Suite struct DrainAndBackupTests {
    /// Two sessions of the router of east2 read from east3, and every manager sees them.
    private func bringSessions(to site: TestSite) async throws {
        site["east2"].router.change { $0.readSessions["east3"] = 2 }
        try await eventually("they are seen") {
            site.hosts.allSatisfy {
                $0.board.snapshot.reports["east2"]?.router.byDataSource["east3"]?.active == 2
            }
        }
    }

    @Test func `a drained data source keeps its sessions until they end`() async throws {
        try await TestSite.with { site in
            try await bringSessions(to: site)
            let drain = Task { try await site.command(DrainCall(name: "east3", seconds: 300)) }
            try await eventually("the routers have left it") {
                site.hosts.allSatisfy { $0.router.state.readsFrom == ["east2"] }
            }
            #expect(site["east2"].router.state.readSessions["east3"] == 2)
            site["east2"].router.change { $0.readSessions["east3"] = nil }
            let outcome = try await drain.value
            #expect(outcome.complete && outcome.lines == ["no session is left on 'east3'"])
            #expect(site.hosts[0].board.snapshot.record(of: "east3").isDraining)
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .welcome))
            #expect(site.hosts.allSatisfy { Set($0.router.state.readsFrom) == ["east2", "east3"] })
        }
    }

    @Test func `after the time of a drain what is left is cut`() async throws {
        try await TestSite.with { site in
            try await bringSessions(to: site)
            let outcome = try await site.command(DrainCall(name: "east3", seconds: 1))
            #expect(outcome.complete)
            #expect(outcome.lines == ["2 sessions on 'east3' did not end in time and were cut"])
            #expect(site["east2"].router.state.readSessions["east3"] == nil)
        }
    }

    @Test func `a second drain that cuts what the first has left is in the journal too`() async throws {
        try await TestSite.with { site in
            _ = try await site.command(DrainCall(name: "east3", seconds: 1))
            let second = try await site.command(DrainCall(name: "east3", seconds: 2))
            let id = try #require(second.operation)
            let entry = try await site.command(HistoryEntryCall(id: id))
            #expect(entry.command == "datasource east3 drain 2" && entry.result == .done)
        }
    }

    @Test func `a drain that was taken back cuts nobody`() async throws {
        try await TestSite.with { site in
            try await bringSessions(to: site)
            let drain = Task { try await site.command(DrainCall(name: "east3", seconds: 300)) }
            try await eventually("the routers have left it") {
                site.hosts.allSatisfy { $0.router.state.readsFrom == ["east2"] }
            }
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .welcome))
            let outcome = try await drain.value
            #expect(!outcome.complete)
            #expect(outcome.lines == ["FOLLOW-UP: 'east3' is not drained any more; 2 sessions there go on"])
            #expect(site["east2"].router.state.readSessions["east3"] == 2)
        }
    }

    @Test func `the primary and what gets no connections anyway are not drained`() async throws {
        try await TestSite.with { site in
            func code(_ call: DrainCall) async -> ReplyCode? {
                await #expect(throws: Refusal.self) { try await site.command(call) }?.code
            }
            #expect(await code(DrainCall(name: "east1")) == .forceNeeded)
            #expect(await code(DrainCall(name: "east3", seconds: 0)) == .badArgument)
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .shun))
            #expect(await code(DrainCall(name: "east3")) == .wrongState)
        }
    }

    @Test func `connections are counted for everybody and listed for operators`() async throws {
        try await TestSite.with { site in
            let session = ClientSession(
                id: 7, user: "app", host: "10.0.0.9:1", database: "", command: "Sleep", seconds: 1,
                statement: "")
            try site.servers.change("east2") { $0.sessions = [session] }
            let counted = try await site.command(ConnectionsCall(name: "east2"), on: "east3", role: .observer)
            #expect(counted.total == 1 && counted.direct == 1 && counted.sessions.isEmpty)
            let listed = try await site.command(ConnectionsCall(name: "east2", list: true), on: "east3")
            #expect(listed.sessions == [session])
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(
                    ConnectionsCall(name: "east2", list: true), on: "east3", role: .observer)
            }
            #expect(refusal?.code == .notPermitted)
        }
    }

    @Test func `a backup is made on its host, journaled, and listed`() async throws {
        try await TestSite.with { site in
            let other = try #require(site.shape.hosts.first { $0 != site.coordinator })
            let outcome = try await site.command(BackupCall(name: "east3"), on: other)
            #expect(
                outcome.lines == ["Backup of dataSource 'east3' succeeded; uri=file:///backups/backup-1"])
            let list = try await site.command(BackupsCall(name: "east3"), on: other, role: .observer)
            #expect(list.map(\.name) == ["backup-1"])
            let entry = try await site.command(HistoryCall(limit: 1)).first
            #expect(
                entry?.command == "datasource east3 backup" && entry?.by == "anna" && entry?.result == .done)
            let relative = await #expect(throws: Refusal.self) {
                try await site.command(BackupCall(name: "east3", directory: "here"))
            }
            #expect(relative?.code == .badArgument)
        }
    }

    @Test func `a restore is for a replica that is set aside`() async throws {
        try await TestSite.with { site in
            func code(_ call: RestoreCall) async -> ReplyCode? {
                await #expect(throws: Refusal.self) { try await site.command(call) }?.code
            }
            #expect(await code(RestoreCall(name: "east1")) == .wrongState)
            #expect(await code(RestoreCall(name: "east3")) == .wrongState)
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .shun))
            #expect(await code(RestoreCall(name: "east3")) == .noSuchBackup)
            #expect(!site.diary.effects.contains { $0.what == "swap" })
            _ = try await site.command(BackupCall(name: "east3"))
            let outcome = try await site.command(RestoreCall(name: "east3"))
            #expect(
                outcome.lines.last == "its replicator is OFFLINE; 'datasource east3 recover' brings it back")
            #expect(site.hosts[0].board.snapshot.records.replicators["east3"] == .offline)
            #expect(site.diary.effects.filter { $0.host == "east3" }.map(\.what).contains("swap"))
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .recover))
            try await site.settles(on: "east1")
        }
    }

    @Test func `a restore that fails removes its copy`() async throws {
        try await TestSite.with { site in
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .shun))
            _ = try await site.command(BackupCall(name: "east3"))
            site.diary.expect(Fault(Effect("east3", "swap"), .instead))
            await #expect(throws: Refusal.self) { try await site.command(RestoreCall(name: "east3")) }
            #expect(site.diary.effects.contains(Effect("east3", "discard")))
        }
    }
}
