import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Testing

/// Transactions that are open on the old primary when a switch comes.
@Suite struct OpenTransactionTests {
    private static let idle = OpenTransaction(
        session: 7, identity: "4711", isRunning: false, text: "session 7 of app@web1, idle for 30 s")

    @Test func `one that does not end refuses the switch before anything is held, and is named`() async throws
    {
        try await TestSite.with { site in
            try site.servers.change("east1") { $0.transactions = [Self.idle] }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.code == .blockedBySession)
            #expect(refusal?.message.contains("session 7 of app@web1") == true)
            #expect(refusal?.hint == "wait for it, or end it: switch to east2 --cut-sessions")
            #expect(!site.diary.effects.contains { $0.what == "hold" || $0.what.hasPrefix("endSession") })
            try await site.settles(on: "east1")
        }
    }

    @Test func `a plan names who would be in the way, and only those`() async throws {
        try await TestSite.with { site in
            func blocking() async throws -> [String]? {
                let change = try #require(PlannedChange(SwitchCall(target: "east2", cutSessions: true)))
                let plan = try await site.command(PlanCall(change), role: .observer)
                #expect(plan.command == "switch to east2 --cut-sessions")
                return plan.forecast?.blockers
            }
            // Sessions that rest or read are of interest only to a freeze that does not come.
            try site.servers.change("east1") { $0.blocker = "no statement runs: session 3 of pool@web1" }
            #expect(try await blocking() == [])
            try site.servers.change("east1") { $0.transactions = [Self.idle] }
            let found = try #require(try await blocking())
            #expect(found.count == 1 && found[0].hasPrefix("an open transaction on 'east1' did not end"))
            #expect(found[0].hasSuffix("session 7 of app@web1, idle for 30 s"))
            #expect(!site.diary.effects.contains { $0.what.hasPrefix("endSession") })
        }
    }

    @Test func `others that came later do not matter`() async throws {
        try await TestSite.with { site in
            let busy = Task {
                for number in 0..<10_000 {
                    let next = OpenTransaction(
                        session: 8, identity: "\(number)", isRunning: true, text: "session 8 of app")
                    try site.servers.change("east1") { $0.transactions = [next] }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            defer { busy.cancel() }
            let outcome = try await site.command(SwitchCall(target: "east2"))
            #expect(outcome.complete)
            #expect(!site.diary.effects.contains { $0.what.hasPrefix("endSession") })
        }
    }

    @Test(arguments: [
        SwitchCall(target: "east2", cutSessions: true), SwitchCall(target: "east2", force: true),
    ])
    func `one is cut where the operator asked for that, and the receipt says so`(call: SwitchCall)
        async throws
    {
        try await TestSite.with { site in
            try site.servers.change("east1") { $0.transactions = [Self.idle] }
            let lines = LineBox()
            let outcome = try await site.command(call) { lines.add($0) }
            #expect(outcome.lines == ["SWITCH TO 'east2@east' WAS SUCCESSFUL"])
            #expect(lines.lines.contains { $0.hasPrefix("CUT ON CURRENT MASTER 'east1@east': session 7") })
            #expect(lines.lines.last?.hasPrefix("RECEIPT: gap ") == true)
            let id = try #require(outcome.operation)
            let entry = try await site.command(HistoryEntryCall(id: id))
            // Whoever reads the journal sees which checks were passed over.
            #expect(entry.command == "switch to east2" + (call.force ? " (force)" : " --cut-sessions"))
            let receipt = try #require(entry.receipt)
            #expect(receipt.transactionsCut == 1)
            #expect(receipt.gap > 0 && receipt.gap <= receipt.hold && receipt.forecast == nil)
            #expect(receipt.after.covers(receipt.before))
        }
    }

    @Test func `no session is cut where the disk is full, not even by force`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east1") { $0.transactions = [Self.idle] }
            site["east1"].conditions.fillDisk()
            await site["east1"].agent.lookAround()
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2", force: true))
            }
            #expect(refusal?.code == .wrongState)
            #expect(refusal?.message.contains("the disk of 'east1' is full") == true)
            #expect(!site.diary.effects.contains { $0.what.hasPrefix("endSession") })
            try await site.settles(on: "east1")
        }
    }

    @Test func `a second switch tells the first one's gap as its forecast`() async throws {
        try await TestSite.with { site in
            let first = try await site.command(SwitchCall(target: "east2"))
            try await site.settles(on: "east2")
            let second = try await site.command(SwitchCall(target: "east1"))
            let before = try await site.command(HistoryEntryCall(id: try #require(first.operation))).receipt
            let after = try await site.command(HistoryEntryCall(id: try #require(second.operation))).receipt
            #expect(before?.gap != nil && after?.forecast == before?.gap)
        }
    }
}
