import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Synchronization
import Testing

/// Questions for reasons, for the past and for what would be.
@Suite struct AnswerTests {
    @Test func `why names the rule that stands in the way, and who put it there`() async throws {
        try await TestSite.with { site in
            let ask = WhyCall(topic: .target, name: "east2")
            let free = try await site.command(ask, role: .observer)
            #expect(free.parts[0].rules.allSatisfy { $0.holds })
            // Rules are not all that a switch looks at.
            #expect(free.conclusion.hasSuffix("; open transactions and the gap are not looked at here"))
            #expect(free.hint == "switch to east2 --plan")
            _ = try await site.command(ChangeDataSourceCall(name: "east2", verb: .shun))
            let shunned = try await site.command(ask, role: .observer)
            #expect(shunned.parts[0].rules.filter { !$0.holds }.map(\.rule) == ["online-replica"])
            #expect(
                shunned.conclusion == "'east2' cannot become the primary: it is SHUNNED(MANUALLY-SHUNNED)")
            let state = try await site.command(WhyCall(topic: .dataSource, name: "east2"), role: .observer)
            #expect(state.conclusion.contains("by 'datasource east2 shun' of anna"))
            #expect(state.hint == "datasource east2 recover")
            let failover = try await site.command(WhyCall(topic: .failover, name: nil), role: .observer)
            let failed = try #require(failover.parts.flatMap(\.rules).first { $0.rule == "primary-failed" })
            #expect(!failed.holds)
            #expect(failed.seen == "ONLINE")
            await #expect(throws: Refusal.self) {
                try await site.command(WhyCall(topic: .target, name: "west9"))
            }
            _ = try await site.command(DrainCall(name: "east1", seconds: 1, force: true))
            let drained = try await site.command(WhyCall(topic: .dataSource, name: "east1"), role: .observer)
            #expect(drained.hint == "datasource east1 recover", "a primary is not welcomed without force")
        }
    }

    @Test func `the journal knows who asked, also by way of another manager, and what changed records`()
        async throws
    {
        try await TestSite.with { site in
            let other = try #require(site.shape.hosts.first { $0 != site.coordinator })
            _ = try await site.command(SetPolicyCall(policy: .manual), on: other)
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .offline), on: other)
            _ = try await site.command(SwitchCall(target: "east2"), on: other)
            let entries = try await site.command(HistoryCall(limit: 10), on: other, role: .observer)
            #expect(
                entries.map(\.command) == [
                    "switch to east2", "datasource east3 offline", "set policy manual",
                ])
            #expect(entries.map(\.by) == ["anna", "anna", "anna"])
            #expect(entries.map(\.result) == [.done, .done, .done])
            #expect(entries.allSatisfy { $0.lines.isEmpty })
            let one = try await site.command(HistoryEntryCall(id: entries[0].id), role: .observer)
            #expect(one.lines.last == "SWITCH TO 'east2@east' WAS SUCCESSFUL")
            #expect(one.steps?.map(\.step).contains("freeze") == true)
            let none = await #expect(throws: Refusal.self) {
                try await site.command(HistoryEntryCall(id: "9-9"))
            }
            #expect(none?.code == .noSuchEntry)
        }
    }

    @Test func `only a manager may ask for somebody else`() async throws {
        try await TestSite.with { site in
            let line =
                #"{"jsonrpc":"2.0","id":1,"method":"site.status","caller":"eve","params":{"reports":false}}"#
            let request = try FrameCodec.readRequest(Array(line.utf8))
            let caller = Caller(name: "anna", role: .operator, address: "127.0.0.1:1")
            let reply = await site["east1"].service.answer(request, from: caller) { _ in }
            guard case .refusal(_, let refusal) = try FrameCodec.readReply(reply) else {
                Issue.record("not refused")
                return
            }
            #expect(refusal.code == .notPermitted)
        }
    }

    @Test func `what the rules do is in the journal too`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east3") { $0.stop() }
            try await eventually("it is journaled") {
                site.hosts[0].board.journal.newestFirst.contains {
                    $0.by == OperationRecord.rules && $0.command.hasPrefix("east3 FAILED")
                }
            }
        }
    }

    @Test func `the journal is pruned, and what a lost coordinator left open is closed`() async throws {
        try await TestSite.with { site in
            let old = OperationRecord(
                id: "1-1", command: "switch", by: "anna", coordinator: "east9",
                startedAt: WallTime(milliseconds: WallTime.now.milliseconds - 100 * 86_400_000),
                result: .done,
                lines: [])
            var open = old
            open.id = "1-2"
            open.startedAt = .now
            open.result = .running
            for record in [old, open] {
                site.etcd.put(.history(record.id), try FrameCodec.encode(record))
            }
            try await eventually("it is gone") { site.etcd.value(.history("1-1")) == nil }
            try await eventually("it is closed") {
                site.hosts[0].board.journal["1-2"]?.result == .unknown
            }
        }
    }

    @Test func `a plan is made of the command's own decision, and changes nothing`() async throws {
        try await TestSite.with { site in
            func plan(_ call: any AdminCall) async throws -> PlanReport {
                try await site.command(PlanCall(try #require(PlannedChange(call))), role: .observer)
            }
            let shun = try await plan(ChangeDataSourceCall(name: "east2", verb: .shun))
            #expect(
                shun.records == [
                    PlannedRecord(
                        key: "datasources/east2", before: "slave:ONLINE",
                        after: "slave:SHUNNED(MANUALLY-SHUNNED)")
                ])
            #expect(
                shun.steps.contains(
                    "the router of 'east3' sends no reads to 'east2' and cuts the sessions there"))
            #expect(try await plan(SetPolicyCall(policy: .manual)).records.map(\.after) == ["MANUAL"])
            #expect(try await plan(ChangeRouterCall(host: nil, wanted: .offline)).records.count == 3)
            let move = try await plan(SwitchCall(target: nil))
            #expect(move.steps.contains { $0.hasPrefix("freeze 'east1': no transaction commits") })
            #expect(move.forecast?.to == "east2" && move.forecast?.gap == nil && move.forecast?.missing == 0)
            let refused = await #expect(throws: Refusal.self) { try await plan(FailoverCall(target: nil)) }
            #expect(refused?.code == .primaryStillServes)
            await #expect(throws: Refusal.self) {
                try await plan(RunServiceCall(host: "east1", component: "mysql", verb: .stop))
            }
            for call in [HeartbeatCall(), RecoverCall(), BackupCall(name: "east3")] as [any AdminCall] {
                _ = try await plan(call)
            }
            let looks = ["act report", "act endTransactions", "openTransactions"]
            #expect(site.diary.effects.allSatisfy { looks.contains($0.what) })
            #expect(site.isInOrder(primary: "east1"))
            _ = try await site.command(SwitchCall(target: "east2"))
            let next = try await plan(SwitchCall(target: nil)).forecast
            #expect(next?.runs == 1 && next?.gap != nil)
        }
    }

    @Test func `events are told as they happen, once in a session, until they are given up`() async throws {
        try await TestSite.with { site in
            let lines = Mutex<[String]>([])
            let listening = Task {
                try await site.command(EventsCall(seconds: 300), on: "east3", role: .observer) { line in
                    lines.withLock { $0.append(line) }
                }
            }
            try await eventually("it listens") {
                for policy in [Policy.manual, .automatic] {
                    _ = try? await site.command(SetPolicyCall(policy: policy))
                }
                return lines.withLock { !$0.isEmpty }
            }
            let second = await #expect(throws: Refusal.self) {
                try await site.command(EventsCall(), on: "east3", role: .observer)
            }
            #expect(second?.code == .busy)
            _ = try await site.command(SwitchCall(target: "east2"))
            _ = try await site.command(ChangeDataSourceCall(name: "east3", verb: .shun))
            _ = try await site.command(SetPolicyCall(policy: .manual))
            @Sendable func has(_ text: String) -> Bool {
                lines.withLock { $0.contains { $0.contains(text) } }
            }
            try await eventually("all are told") {
                has("MASTER east1 => east2") && has("DATASOURCE east3 ONLINE => SHUNNED(MANUALLY-SHUNNED)")
                    && has("POLICY AUTOMATIC => MANUAL") && has("ENDS: done (switch to east2 by anna)")
            }
            listening.cancel()
            _ = try await listening.value
            // The place is free again.
            let third = try await site.command(EventsCall(seconds: 1), on: "east3", role: .observer)
            #expect(third.lines.isEmpty)
        }
    }
}
