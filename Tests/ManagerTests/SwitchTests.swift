import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Testing

@Suite struct SwitchTests {
    @Test func `a switch moves the role, and no acknowledged write is lost`() async throws {
        try await TestSite.with { site in
            let writer = Task {
                while !Task.isCancelled {
                    for router in site.shape.routers { _ = try? site.write(by: router) }
                    await Task.yield()
                }
            }
            let outcome = try await site.command(SwitchCall(target: "east2"))
            try await eventually("writes go on") {
                (site.servers["east2"]?.position.last[1]?.server ?? 0) == 12
            }
            writer.cancel()
            await writer.value
            #expect(outcome.complete)
            #expect(outcome.lines == ["SWITCH TO 'east2@east' WAS SUCCESSFUL"])
            #expect(site.isInOrder(primary: "east2"))
            #expect(!site.servers.acknowledged.isEmpty)
            #expect(site.lost(on: "east2").isEmpty)
        }
    }

    @Test func `a switch does its steps in their order`() async throws {
        try await TestSite.with { site in
            _ = try await site.command(SwitchCall(target: "east2"))
            let effects = site.diary.effects
            // What comes between freeze and close runs side by side.
            try expectOrder(
                [
                    Effect("east3", "hold"), Effect("east1", "freeze"),
                    Effect("east3", "cut writes to east1"),
                    Effect("east1", "setReadOnly(true)"), Effect("east2", "setReadOnly(false)"),
                    Effect("east3", "release"),
                ], in: effects)
            try expectOrder(
                [
                    Effect("east1", "freeze"), Effect("east2", "awaitExecuted"),
                    Effect("east1", "setReadOnly(true)"),
                ], in: effects)
        }
    }

    private func expectOrder(_ order: [Effect], in effects: [Effect]) throws {
        var rest = effects[...]
        for effect in order {
            let index = try #require(
                rest.firstIndex(of: effect), "'\(effect)' does not come after the one before it in \(effects)"
            )
            rest = rest[(index + 1)...]
        }
    }
}

/// What becomes of a switch that an operator does not want any more, or whose coordinator went away.
@Suite struct InterruptedSwitchTests {
    @Test func `an aborted switch is taken back`() async throws {
        try await TestSite.with { site in
            try site.servers.change("east2") { $0.isBusy = true }
            _ = try site.write(by: "east1")
            let switching = Task { try await site.command(SwitchCall(target: "east2")) }
            try await eventually("it is aborted") { (try? await site.command(AbortCall())) != nil }
            try site.servers.change("east2") { $0.isBusy = false }
            let refusal = await #expect(throws: Refusal.self) { try await switching.value }
            #expect(refusal?.code == .aborted)
            try await site.settles(on: "east1")
            let entry = try #require(try await site.command(HistoryCall(limit: 5)).first { $0.move != nil })
            #expect(entry.result == .undone)
            #expect(entry.move == RoleMove(from: "east1", to: "east2"))
        }
    }

    @Test func `a switch can be aborted before it has a plan`() async throws {
        try await TestSite.with { site in
            let far: HostName = site.coordinator == "east2" ? "east3" : "east2"
            site.diary.before(Effect(far, "act report")) { _ = try? await site.command(AbortCall()) }
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(SwitchCall(target: "east2"))
            }
            #expect(refusal?.code == .aborted)
            #expect(!site.diary.effects.contains { $0.what == "hold" })
            try await site.settles(on: "east1")
        }
    }

    @Test func `without an operation there is nothing to abort`() async throws {
        try await TestSite.with { site in
            let refusal = await #expect(throws: Refusal.self) { try await site.command(AbortCall()) }
            #expect(refusal?.code == .wrongState)
        }
    }

    @Test(arguments: ["east1", "east2"])
    func `the entry of a lost coordinator says what came of its switch`(primary: HostName) {
        var record = OperationRecord(
            id: "3-1", command: "switch", by: "anna", coordinator: "east3",
            startedAt: WallTime(milliseconds: 1), result: .running, lines: [])
        record.move = RoleMove(from: "east1", to: "east2")
        record.reached = "hold"
        record.close(primary: primary)
        #expect(record.result == (primary == "east2" ? .done : .undone))
        #expect(record.lines.last?.contains("'east3' WENT AWAY AT THE STEP 'hold'") == true)
    }
}
