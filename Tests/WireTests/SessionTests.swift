import AdminProtocol
import ManagerIO
import NIOCore
import ServerHarness
import Synchronization
import Testing

/// One test after the other: each starts servers of its own, and deadlines are part of what is tested.
@Suite(.serialized)
struct AdminSessionTests {
    @Test func `requests are answered by their ids, with their progress before`() async throws {
        let server = try await TestManager(address: "127.9.5.1")
        let client = try await TestClient(server)
        try await client.hello()
        try client.send(SwitchCall(target: nil), id: 7)
        var steps: [String] = []
        for _ in 0..<2 {
            guard case .progress(let progress) = try await client.reply() else {
                throw HarnessError("no progress")
            }
            #expect(progress.request == 7)
            steps.append(progress.line)
        }
        #expect(steps == ["one", "two"])
        // A quick request overtakes.
        try client.send(PingCall(host: nil), id: 8)
        guard case .result(8, _) = try await client.reply() else { throw HarnessError("no reply") }
        server.service.release.withLock { $0 = true }
        guard case .result(7, let line) = try await client.reply() else { throw HarnessError("no reply") }
        #expect(try FrameCodec.result(of: Outcome.self, in: line).lines == ["done"])
    }

    @Test func `an observer may not change anything, and the session goes on`() async throws {
        let server = try await TestManager(address: "127.9.5.2")
        let client = try await TestClient(server) { $0.certificate = "observer" }
        try await client.hello()
        try client.send(SwitchCall(target: nil), id: 1)
        #expect(try await client.refusal().code == .notPermitted)
        try client.send(PingCall(host: nil), id: 2)
        guard case .result(2, _) = try await client.reply() else { throw HarnessError("no reply") }
    }

    @Test(arguments: [
        ("nonsense", ReplyCode.parseError), ("{}", .invalidRequest), ("[]", .invalidRequest),
        ("", .parseError),
        (#"{"jsonrpc":"1.0","id":1,"method":"site.ping","params":{}}"#, .invalidRequest),
        (#"{"jsonrpc":"2.0","method":"site.ping","params":{}}"#, .invalidRequest),
        (#"{"jsonrpc":"2.0","id":"x","method":"site.ping"}"#, .invalidRequest),
        (#"{"jsonrpc":"2.0","id":1,"method":"no.such","params":{}}"#, .unknownMethod),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"session.hello","params":{"client":"x","versions":[1]}}"#,
            .invalidRequest
        ),
        (#"{"jsonrpc":"2.0","id":1,"method":"\#u{0}"}"#, .parseError),
    ])
    func `a line that is no good request is refused, and the session goes on`(
        _ line: String, _ code: ReplyCode
    )
        async throws
    {
        let server = try await TestManager(address: "127.9.5.3")
        let client = try await TestClient(server)
        try await client.hello()
        client.send(line + "\n")
        #expect(try await client.refusal().code == code)
        try client.send(PingCall(host: nil), id: 2)
        guard case .result(2, _) = try await client.reply() else { throw HarnessError("no reply") }
    }

    @Test func `after ten bad lines the session is closed`() async throws {
        let server = try await TestManager(address: "127.9.5.4")
        let client = try await TestClient(server)
        try await client.hello()
        client.send(String(repeating: "bad\n", count: 20))
        for _ in 0..<10 { #expect(try await client.refusal().code == .parseError) }
        #expect(try await client.line() == nil)
    }

    @Test func `a line that is too long is refused and closes the session, ended or not`() async throws {
        let server = try await TestManager(address: "127.9.5.5") { $0.requestBytes = 1000 }
        for text in [String(repeating: "x", count: 1001), String(repeating: "x", count: 5000) + "\n"] {
            let client = try await TestClient(server)
            try await client.hello()
            client.send(text)
            #expect(try await client.refusal().code == .frameTooLarge)
            #expect(try await client.line() == nil)
        }
    }

    @Test func `the first request must be the hello, in a version that is spoken here`() async throws {
        let server = try await TestManager(address: "127.9.5.6")
        let client = try await TestClient(server)
        try client.send(PingCall(host: nil), id: 1)
        #expect(try await client.refusal().code == .helloNeeded)
        do {
            try await client.hello(versions: [99])
            Issue.record("version 99 was accepted")
        } catch let refusal as Refusal {
            #expect(refusal.code == .versionMismatch)
            #expect(refusal.message.contains("version 1"))
        }
        #expect(try await client.line() == nil)
        let other = try await TestClient(server)
        #expect(try await other.hello(versions: [99, 1]).protocolVersion == 1)
    }

    @Test func `who says nothing, half a line, or nothing for too long is closed`() async throws {
        let server = try await TestManager(address: "127.9.5.7") {
            $0.hello = .seconds(4)
            $0.line = .seconds(1)
            $0.idle = .seconds(3)
        }
        let mute = try await TestClient(server)
        #expect(try await mute.refusal().code == .helloNeeded)
        #expect(try await mute.line() == nil)
        let half = try await TestClient(server)
        try await half.hello()
        half.send(#"{"jsonrpc":"#)
        #expect(try await half.refusal().code == .parseError)
        #expect(try await half.line() == nil)
        let idle = try await TestClient(server)
        try await idle.hello()
        #expect(try await idle.line() == nil)
        try await eventually("all are gone") { server.listener.sessionCount == 0 }
    }

    @Test func `one request more than may run is refused, and an id in use too`() async throws {
        let server = try await TestManager(address: "127.9.5.8") { $0.concurrentRequests = 3 }
        let client = try await TestClient(server)
        try await client.hello()
        for id in 1...3 { try client.send(SwitchCall(target: nil), id: id) }
        for _ in 0..<6 { _ = try await client.reply() }
        try client.send(PingCall(host: nil), id: 2)
        #expect(try await client.refusal().code == .invalidRequest)
        try client.send(PingCall(host: nil), id: 4)
        #expect(try await client.refusal().code == .tooManyRequests)
        server.service.release.withLock { $0 = true }
        for _ in 0..<3 {
            guard case .result = try await client.reply() else { throw HarnessError("no result") }
        }
        try client.send(PingCall(host: nil), id: 4)
        guard case .result(4, _) = try await client.reply() else { throw HarnessError("no reply") }
    }

    @Test func `a client that goes away cancels its requests`() async throws {
        let server = try await TestManager(address: "127.9.5.9")
        let client = try await TestClient(server)
        try await client.hello()
        try client.send(SwitchCall(target: nil), id: 1)
        _ = try await client.reply()
        try await client.channel.close()
        try await eventually("the request is cancelled") { server.service.cancelled.withLock { $0 } == 1 }
        // A channel leaves the register after its handlers heard of its end.
        try await eventually("the session is gone") { server.listener.sessionCount == 0 }
    }

    @Test func `a request that is given up is cancelled and still answered`() async throws {
        let server = try await TestManager(address: "127.9.5.14")
        let client = try await TestClient(server)
        try await client.hello()
        try client.send(SwitchCall(target: nil), id: 7)
        for _ in 0..<2 { _ = try await client.reply() }
        try client.send(CancelCall(request: 7), id: 8)
        guard case .result(8, let line) = try await client.reply() else { throw HarnessError("no reply") }
        #expect(try FrameCodec.result(of: Cancelled.self, in: line).cancelled)
        #expect(try await client.refusal().code == .outcomeUnknown)
        try client.send(CancelCall(request: 7), id: 9)
        guard case .result(9, let second) = try await client.reply() else { throw HarnessError("no reply") }
        #expect(try !FrameCodec.result(of: Cancelled.self, in: second).cancelled)
    }

    @Test func `a hundred sessions at once are served, one more than allowed is not`() async throws {
        let server = try await TestManager(address: "127.9.5.10") { $0.sessions = 100 }
        let clients = try await withThrowingTaskGroup(of: TestClient.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let client = try await TestClient(server)
                    try await client.hello()
                    return client
                }
            }
            return try await group.reduce(into: [TestClient]()) { $0.append($1) }
        }
        #expect(server.listener.sessionCount == 100)
        let extra = try await TestClient(server)
        #expect(try await extra.line() == nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients {
                group.addTask {
                    for id in 1...20 {
                        try client.send(PingCall(host: nil), id: id)
                        guard case .result(id, _) = try await client.reply() else {
                            throw HarnessError("mixed up")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a client that never reads is cut off, and others are served meanwhile`() async throws {
        let server = try await TestManager(address: "127.9.5.11") {
            $0.unreadBytes = 4_000_000
            $0.stall = .seconds(1)
        }
        let slow = try await TestClient(server)
        try await slow.hello()
        try await slow.stopReading()
        for id in 1...30 { try slow.send(ValidateCall(), id: id) }
        let other = try await TestClient(server)
        try await other.hello()
        try other.send(PingCall(host: nil), id: 1)
        guard case .result(1, _) = try await other.reply() else { throw HarnessError("no reply") }
        try await eventually("only the other is left") { server.listener.sessionCount == 1 }
    }

    @Test func `a listener that stops lets running requests end`() async throws {
        let server = try await TestManager(address: "127.9.5.12")
        let client = try await TestClient(server)
        try await client.hello()
        try client.send(SwitchCall(target: nil), id: 1)
        for _ in 0..<2 { _ = try await client.reply() }
        async let stopping: Void = server.listener.stop(grace: .seconds(20))
        try await Task.sleep(for: .milliseconds(50))
        server.service.release.withLock { $0 = true }
        guard case .result(1, _) = try await client.reply() else { throw HarnessError("no reply") }
        #expect(try await client.line() == nil)
        await stopping
        #expect(throws: HarnessError.self) {
            try TCPClient(address: server.address, port: server.listener.port)
        }
    }
}
