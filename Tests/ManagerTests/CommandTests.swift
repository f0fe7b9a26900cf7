import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Testing

/// Commands that change one thing: what they refuse, and what the site does with what they write.
@Suite struct CommandTests {
    private func refusal<Call: AdminCall>(_ site: TestSite, _ call: Call) async -> ReplyCode? {
        let refusal = await #expect(throws: Refusal.self) { try await site.command(call) }
        #expect(refusal?.hint != nil, "\(Call.method)")
        return refusal?.code
    }

    @Test func `what a rule forbids is refused before anything is written`() async throws {
        try await TestSite.with { site in
            #expect(
                await refusal(site, ChangeDataSourceCall(name: "west9", verb: .shun)) == .noSuchDataSource)
            #expect(await refusal(site, ChangeDataSourceCall(name: "east1", verb: .shun)) == .forceNeeded)
            #expect(await refusal(site, ChangeDataSourceCall(name: "east1", verb: .offline)) == .forceNeeded)
            #expect(await refusal(site, ChangeDataSourceCall(name: "east2", verb: .welcome)) == .wrongState)
            #expect(await refusal(site, ChangeReplicatorCall(name: "east1", wanted: .offline)) == .wrongState)
            #expect(await refusal(site, ChangeRouterCall(host: "west9", wanted: .offline)) == .noSuchRouter)
            #expect(
                await refusal(site, RunServiceCall(host: "east1", component: "mysql", verb: .stop))
                    == .forceNeeded)
            #expect(
                await refusal(site, RunServiceCall(host: "east1", component: "tea", verb: .start))
                    == .noSuchComponent)
            #expect(site.diary.effects.isEmpty)
        }
    }

    @Test func `a mistyped router is answered with the routers' names`() async throws {
        try await TestSite.with { site in
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(ChangeRouterCall(host: "eats1", wanted: .offline))
            }
            #expect(refusal?.hint == "routers: east1, east2, east3")
        }
    }

    @Test(arguments: [ChangeDataSourceCall.Verb.shun, .offline, .fail])
    func `a primary that is not ONLINE comes back by what the refused switch hints at`(
        verb: ChangeDataSourceCall.Verb
    ) async throws {
        try await TestSite.with { site in
            _ = try await site.command(SetPolicyCall(policy: .maintenance))
            _ = try await site.command(ChangeDataSourceCall(name: "east1", verb: verb, force: true))
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.hint == "datasource east1 recover, or 'set force true' first")
            let back = try await site.command(ChangeDataSourceCall(name: "east1", verb: .recover))
            #expect(back.lines == ["RECOVERY OF 'east1@east' WAS SUCCESSFUL"])
            let record = site["east1"].board.snapshot.record(of: "east1")
            #expect(record.role == .primary && record.state == .online)
            #expect(site.servers["east1"]?.readOnly == false)
            #expect(site.hosts.allSatisfy { $0.router.writeTarget == "east1" })
            let journal = try await site.command(HistoryCall(limit: 9), role: .observer).map(\.command)
            #expect(journal.contains("datasource east1 \(verb.rawValue) (force)"))
            #expect(journal.contains("datasource east1 recover"))
        }
    }

    @Test func `a replica that is only OFFLINE needs no recovery to become a candidate`() async throws {
        try await TestSite.with(policy: .manual) { site in
            _ = try await site.command(ChangeDataSourceCall(name: "east2", verb: .offline))
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.hint == "datasource east2 online")
            _ = try await site.command(ChangeDataSourceCall(name: "east2", verb: .fail))
            let failed = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(failed?.hint == "datasource east2 recover")
        }
    }

    @Test func `a shunned replica leaves the read ports and is welcomed back`() async throws {
        try await TestSite.with { site in
            let shunned = try await site.command(ChangeDataSourceCall(name: "east2", verb: .shun))
            #expect(shunned.complete && shunned.lines == ["DataSource 'east2' set to SHUNNED"])
            #expect(site.hosts.allSatisfy { $0.router.state.readsFrom == ["east3"] })
            let welcomed = try await site.command(ChangeDataSourceCall(name: "east2", verb: .welcome))
            #expect(welcomed.lines == ["DataSource 'east2' is now ONLINE"])
            #expect(site.hosts.allSatisfy { Set($0.router.state.readsFrom) == ["east2", "east3"] })
        }
    }

    @Test func `AUTOMATIC brings an OFFLINE data source back, MAINTENANCE leaves it`() async throws {
        try await TestSite.with { site in
            _ = try await site.command(SetPolicyCall(policy: .maintenance))
            _ = try await site.command(ChangeDataSourceCall(name: "east2", verb: .offline))
            try await Task.sleep(for: .seconds(4))
            #expect(site.hosts[0].board.snapshot.record(of: "east2").state == .offline)
            _ = try await site.command(SetPolicyCall(policy: .automatic))
            try await eventually("it is back") {
                site.hosts.allSatisfy { $0.board.snapshot.record(of: "east2").state == .online }
            }
        }
    }

    @Test func `a held replicator stands still, and starts again by command`() async throws {
        try await TestSite.with(policy: .manual) { site in
            let held = try await site.command(ChangeReplicatorCall(name: "east3", wanted: .offline))
            #expect(held.lines == ["Replicator 'east3' is now OFFLINE"])
            let before = site.servers["east3"]?.position
            _ = try site.write(by: "east1")
            #expect(site.servers["east3"]?.position == before)
            _ = try await site.command(ChangeReplicatorCall(name: "east3", wanted: .online))
            #expect(site.servers["east3"]?.position == site.servers["east1"]?.position)
        }
    }

    @Test func `a router that is taken offline refuses, and all come back with one word`() async throws {
        try await TestSite.with { site in
            let one = try await site.command(ChangeRouterCall(host: "east2", wanted: .offline))
            #expect(one.complete && one.lines == ["Router 'connector@east2' is now OFFLINE"])
            #expect(site["east2"].router.writeTarget == nil)
            site["east3"].router.change { $0.isRunning = false }
            try await eventually("it is seen") {
                site.hosts.allSatisfy { $0.board.snapshot.reports["east3"]?.router.state == .stopped }
            }
            let all = try await site.command(ChangeRouterCall(host: nil, wanted: .online))
            #expect(!all.complete)
            #expect(all.lines.contains { $0.hasPrefix("FOLLOW-UP: router 'connector@east3' is STOPPED") })
            #expect(site["east2"].router.writeTarget == "east1")
        }
    }

    @Test func `a heartbeat is applied everywhere, or says where it is not`() async throws {
        try await TestSite.with { site in
            let beat = try await site.command(HeartbeatCall())
            #expect(beat.complete && beat.lines == ["HEARTBEAT 1-11-6 ON 'east1@east' APPLIED BY 2 REPLICAS"])
            try site.servers.change("east3") { $0.isBusy = true }
            let late = try await site.command(HeartbeatCall())
            #expect(!late.complete && late.lines.first?.hasSuffix("APPLIED BY 1 REPLICAS") == true)
            #expect(late.lines.last == "FOLLOW-UP: 'east3' has not applied it after 10 s")
        }
    }

    @Test func `every operation is in the journal with its end`() async throws {
        try await TestSite.with { site in
            _ = try await site.command(SwitchCall(target: "east2"))
            await #expect(throws: Refusal.self) { try await site.command(FailoverCall(target: nil)) }
            let records = try site.etcd.values { key in
                if case .history = key { return true }
                return false
            }.map { try FrameCodec.decode(OperationRecord.self, from: $0) }.sorted { $0.id < $1.id }
            #expect(records.map(\.command) == ["switch to east2", "failover"])
            #expect(records.map(\.result) == [.done, .failed])
            #expect(records.allSatisfy { $0.by == "anna" && $0.endedAt != nil })
            #expect(records.first?.lines.last == "SWITCH TO 'east2@east' WAS SUCCESSFUL")
            #expect(site.etcd.value(.operation) == nil)
        }
    }

    @Test func `a method that is not known is refused`() async throws {
        try await TestSite.with { site in
            let line = Array(#"{"jsonrpc":"2.0","id":9,"method":"site.burn","params":{}}"#.utf8)
            let request = try FrameCodec.readRequest(line)
            let caller = Caller(name: "anna", role: .operator, address: "127.0.0.1:1")
            let reply = await site["east1"].service.answer(request, from: caller) { _ in }
            guard case .refusal(let id, let refusal) = try FrameCodec.readReply(reply) else {
                Issue.record("not refused")
                return
            }
            #expect(id == 9 && refusal.code == .unknownMethod)
        }
    }

    @Test func `a caller that goes away does not stop a switch`() async throws {
        try await TestSite.with { site in
            let caller = Task { try await site.command(SwitchCall(target: "east2")) }
            try await eventually("it has begun") { site.diary.effects.contains { $0.what == "hold" } }
            caller.cancel()
            try await site.settles(on: "east2")
        }
    }

    @Test func `what an operator has shunned an operator puts back in one step`() async throws {
        try await TestSite.with { site in
            func change(_ verb: ChangeDataSourceCall.Verb) async throws {
                _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: verb))
            }
            _ = try await site.command(SetPolicyCall(policy: .maintenance))
            try await change(.shun)
            try await change(.online)
            #expect(site["east1"].board.snapshot.record(of: "east3").state == .online)
            // Not what the managers or a fault took out: that is for `recover`.
            try await change(.fail)
            let refusal = await #expect(throws: Refusal.self) { try await change(.online) }
            #expect(refusal?.code == .wrongState)
        }
    }

    @Test func `a shunned primary has no replicator that could be stopped, and that is no failure`()
        async throws
    {
        try await TestSite.with { site in
            let stop = ChangeReplicatorCall(name: "east1", wanted: .offline)
            let refusal = await #expect(throws: Refusal.self) { try await site.command(stop) }
            #expect(refusal?.code == .wrongState)
            _ = try await site.command(SetPolicyCall(policy: .maintenance))
            _ = try await site.command(ChangeDataSourceCall(name: "east1", verb: .shun, force: true))
            let outcome = try await site.command(stop)
            #expect(outcome.complete && outcome.lines.allSatisfy { $0.hasPrefix("NOTE:") })
        }
    }
}
