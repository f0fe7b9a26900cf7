import AdminProtocol
import ClusterModel
import ClusterTestKit
import Synchronization
import Testing

@testable import Manager

@Suite struct CanaryTests {
    private let router: HostName = "east1"

    @Test func `its gap is the longest time between two confirmed writes, errors included`() async throws {
        let client = FakeClient()
        let canary = Canary(client, through: router)
        await canary.begin()
        #expect(canary.isConnected)
        client.behave { () throws(Refusal) in throw Refusal(.serverError, "the connection was cut") }
        let began = ContinuousClock.now
        try await Task.sleep(for: .milliseconds(60))
        let silence = began.duration(to: .now).inMilliseconds
        #expect(!canary.isConnected)
        client.behave {}
        let report = await canary.end()
        #expect(report.router == router && report.problem == nil)
        #expect(try #require(report.gap) >= silence && report.failures > 0 && report.writes >= 2)
        #expect(client.isClosed)
    }

    @Test func `slow writes count in what is expected of the next, and so do quick ones`() {
        #expect(Canary.mean(of: []) == 0)
        #expect(Canary.mean(of: [7]) == 7)
        #expect(Canary.mean(of: [4, 150, 3, 38, 5]) == 40)
    }

    @Test func `who may not write says why, and measures nothing`() async {
        let client = FakeClient()
        client.behave { () throws(Refusal) in throw Refusal(.notPermitted, "Access denied (error 1044)") }
        let canary = Canary(client, through: router)
        await canary.begin()
        let report = await canary.end()
        #expect(report.gap == nil && report.problem == "Access denied (error 1044)" && report.failures == 1)
    }

    @Test func `a first write that fails is tried again`() async throws {
        let client = FakeClient()
        let tries = Mutex(0)
        client.behave { () throws(Refusal) in
            let number = tries.withLock { tries in
                tries += 1
                return tries
            }
            if number < 3 { throw Refusal(.serverError, "Lost connection (error 2013)") }
        }
        let canary = Canary(client, through: router, start: .seconds(60))
        await canary.begin()
        canary.hurry()
        let report = await canary.end()
        #expect(report.problem == nil && report.failures == 2 && report.writes >= 1)
        #expect(try #require(report.gap) >= 0)
    }

    @Test func `who has not written before the gap begins measures nothing, and says why`() async {
        let client = FakeClient()
        client.behave { () throws(Refusal) in throw Refusal(.serverError, "Lost connection (error 2013)") }
        let canary = Canary(client, through: router, start: .milliseconds(50))
        await canary.begin()
        canary.hurry()
        client.behave {}
        let report = await canary.end()
        #expect(report.gap == nil && report.problem == "Lost connection (error 2013)")
    }

    @Test func `a write that does not come back does not keep the end waiting`() async {
        let client = FakeClient()
        let canary = Canary(client, through: router)
        await canary.begin()
        client.behave { try? await Task.sleep(for: .seconds(60)) }
        let report = await canary.end()
        #expect(report.problem == nil && report.writes > 0)
        #expect(client.isClosed)
    }

    /// A client whose writes do what the test says.
    private final class FakeClient: ClientWrites {
        private let behaviour = Mutex<@Sendable () async throws(Refusal) -> Void>({})
        private let closed = Mutex(false)

        var isClosed: Bool { closed.withLock { $0 } }

        func behave(_ body: @escaping @Sendable () async throws(Refusal) -> Void) {
            behaviour.withLock { $0 = body }
        }

        func write(through router: HostName, deadline: Duration) async throws(Refusal) {
            try await behaviour.withLock { $0 }()
        }

        func close() { closed.withLock { $0 = true } }
    }
}
