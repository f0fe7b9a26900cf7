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
            let order = [
                Effect("east3", "hold"), Effect("east1", "freeze"), Effect("east3", "no writes to east1"),
                Effect("east2", "awaitExecuted"), Effect("east1", "setReadOnly(true)"),
                Effect("east2", "setReadOnly(false)"), Effect("east3", "writes to east2"),
                Effect("east3", "release"),
            ]
            var rest = effects[...]
            for effect in order {
                let index = try #require(
                    rest.firstIndex(of: effect),
                    "'\(effect)' does not come after the one before it in \(effects)")
                rest = rest[(index + 1)...]
            }
        }
    }
}
