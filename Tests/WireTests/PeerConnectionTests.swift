import AdminProtocol
import Glibc
import ManagerIO
import ServerHarness
import Synchronization
import Testing

/// One test after the other: each starts servers of its own, and deadlines are part of what is tested.
@Suite(.serialized)
struct PeerConnectionTests {
    private func refusal(
        _ what: String = "the call", _ body: () async throws -> Void
    ) async throws -> Refusal {
        do {
            try await body()
        } catch let refusal as Refusal {
            return refusal
        }
        throw HarnessError("\(what) was not refused")
    }

    @Test func `many calls share one connection, with progress and refusals of their own`() async throws {
        let server = try await TestManager(address: "127.9.6.1")
        let peer = try server.peer()
        #expect(try await peer.welcome(deadline: .seconds(20)).role == .manager)
        let steps = Mutex<[String]>([])
        async let long = peer.call(SwitchCall(target: nil), deadline: .seconds(60)) { line in
            steps.withLock { $0.append(line) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { _ = try await peer.call(PingCall(host: nil), deadline: .seconds(20)) }
            }
            try await group.waitForAll()
        }
        try await eventually("the progress comes") { steps.withLock { $0 } == ["one", "two"] }
        let unknown = try await refusal { _ = try await peer.call(MembersCall(), deadline: .seconds(20)) }
        #expect(unknown.code == .unknownMethod)
        #expect(server.listener.sessionCount == 1)
        server.service.release.withLock { $0 = true }
        #expect(try await long.lines == ["done"])
    }

    @Test func `no answer in time is a timeout for a question and an unknown outcome for a change`()
        async throws
    {
        let server = try await TestManager(address: "127.9.6.2")
        let peer = try server.peer()
        _ = try await peer.welcome(deadline: .seconds(20))
        let change = try await refusal {
            _ = try await peer.call(SwitchCall(target: nil), deadline: .milliseconds(100))
        }
        #expect(change.code == .outcomeUnknown)
        // The connection is not harmed by it.
        _ = try await peer.call(PingCall(host: nil), deadline: .seconds(20))
        #expect(server.listener.sessionCount == 1)
    }

    @Test func `a connection that breaks fails the calls that run, and the next call connects anew`()
        async throws
    {
        let server = try await TestManager(address: "127.9.6.3")
        let peer = try server.peer()
        let begun = Mutex(false)
        async let running = refusal {
            _ = try await peer.call(SwitchCall(target: nil), deadline: .seconds(60)) { _ in
                begun.withLock { $0 = true }
            }
        }
        try await eventually("the call runs") { begun.withLock { $0 } }
        await server.listener.stop(grace: .zero)
        #expect(try await running.code == .outcomeUnknown)
        let gone = try await refusal { _ = try await peer.call(PingCall(host: nil), deadline: .seconds(20)) }
        #expect(gone.code == .hostUnreachable)
        #expect(gone.message.contains("east1"))
    }

    @Test func `a silent host and a wrong certificate are unreachable in time`() async throws {
        let server = try await TestManager(address: "127.9.6.4")
        let wrongName = try await refusal("another host's certificate") {
            _ = try await server.peer(host: "east2").call(PingCall(host: nil), deadline: .seconds(20))
        }
        #expect(wrongName.code == .hostUnreachable && wrongName.message.contains("'east1'"), "\(wrongName)")
        let wrongAuthority = try await refusal("another authority") {
            _ = try await server.peer(authority: "stranger-ca").call(
                PingCall(host: nil), deadline: .seconds(20))
        }
        #expect(wrongAuthority.code == .hostUnreachable)
        let stranger = try await refusal("a stranger's certificate") {
            _ = try await server.peer(as: "stranger").call(PingCall(host: nil), deadline: .seconds(20))
        }
        #expect(stranger.code == .hostUnreachable)

        let silent = try SilentListener(address: server.address)
        guard let host = server.peerHost else { throw HarnessError("name") }
        let target = PeerTarget(
            host: host, address: server.address, port: silent.port, certificates: server.wireCertificates)
        let start = ContinuousClock.now
        let late = try await refusal("a silent host") {
            _ = try await PeerConnection(target).call(SwitchCall(target: nil), deadline: .seconds(60))
        }
        #expect(late.code == .hostUnreachable || late.code == .timedOut)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
