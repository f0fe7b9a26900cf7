import Glibc
import HAProxyClient
import ServerHarness
import Testing

/// One test after the other: each starts servers of its own, and deadlines are part of what is tested.
@Suite(.serialized)
struct RuntimeSocketTests {
    @Test func `servers open and close as they are told, and are counted`() async throws {
        let router = try await TestRouter(address: "127.9.2.1")
        let process = try await router.start()
        #expect(try await router.greeting() == "")
        try await router.socket.setServer("db2", of: "be_write", to: .ready, deadline: .seconds(5))
        #expect(try await router.greeting() == "db2")
        let held = try TCPClient(address: router.address, port: router.writePort)
        #expect(try await held.read() == Array("db2\n".utf8))
        try await router.socket.setServer("db2", of: "be_write", to: .drain, deadline: .seconds(5))
        try await router.socket.setServer("db1", of: "be_write", to: .ready, deadline: .seconds(5))
        #expect(try await router.greeting() == "db1")
        try await eventually("only the held session is left") {
            try await router.socket.statistics(deadline: .seconds(5)).frontends["write"]?.current == 1
        }
        var statistics = try await router.socket.statistics(deadline: .seconds(5))
        #expect(statistics.pid == process.pid)
        #expect(statistics.frontends["write"]?.total == 4)
        let counts = statistics.servers(of: "be_write").map { [$0.current, $0.total] }
        #expect(counts == [[0, 1], [1, 2]])
        #expect(statistics.servers(of: "be_write").map(\.isReady) == [true, false])
        #expect(statistics.servers(of: "be_read").map(\.isReady) == [false, false])
        #expect(try await router.socket.sessions(of: "db1", in: "be_write", deadline: .seconds(5)) == 0)
        #expect(try await router.socket.sessions(of: "db2", in: "be_write", deadline: .seconds(5)) == 1)

        try await router.socket.shutdownSessions(of: "db2", in: "be_write", deadline: .seconds(5))
        #expect(try await held.readToEnd().isEmpty)
        statistics = try await router.socket.statistics(deadline: .seconds(5))
        #expect(statistics.servers(of: "be_write").allSatisfy { $0.current == 0 })
    }

    @Test func `a disabled frontend refuses, an enabled one takes clients again`() async throws {
        let router = try await TestRouter(address: "127.9.2.2")
        let process = try await router.start()
        try await router.socket.setServer("db1", of: "be_write", to: .ready, deadline: .seconds(5))
        for _ in 0..<2 { try await router.socket.disableFrontend("write", deadline: .seconds(5)) }
        await #expect(throws: HarnessError.self) { try await router.greeting() }
        #expect(try await router.socket.statistics(deadline: .seconds(5)).frontends["write"]?.isOpen == false)
        for _ in 0..<2 { try await router.socket.enableFrontend("write", deadline: .seconds(5)) }
        #expect(try await router.greeting() == "db1")
        #expect(process.isRunning)
    }

    @Test func `held clients wait, and go on when told or when the hold is over`() async throws {
        let router = try await TestRouter(address: "127.9.2.3")
        let process = try await router.start()
        try await router.socket.setServer("db1", of: "be_write", to: .ready, deadline: .seconds(5))
        try await router.socket.hold("write", milliseconds: 4_000, deadline: .seconds(5))
        let waiting = try TCPClient(address: router.address, port: router.writePort)
        await #expect(throws: HarnessError.self) { try await waiting.read(milliseconds: 100) }
        try await router.socket.unhold("write", deadline: .seconds(5))
        // HAProxy 2.6.12 now and then loses the timer of a waiting Lua action; the inspect delay then ends the wait.
        #expect(try await waiting.read(milliseconds: 20_000) == Array("db1\n".utf8))
        // Nobody ends this one.
        try await router.socket.hold("write", milliseconds: 100, deadline: .seconds(5))
        #expect(try await router.greeting() == "db1")
        #expect(process.isRunning)
    }

    @Test func `what the router refuses is an error with its words`() async throws {
        let router = try await TestRouter(address: "127.9.2.4")
        let process = try await router.start()
        let socket = router.socket
        func reply(_ body: () async throws -> Void) async throws -> String {
            do {
                try await body()
                return "done"
            } catch RouterError.refused(_, let reply) {
                return reply
            }
        }
        let server = try await reply {
            try await socket.setServer("db9", of: "be_write", to: .ready, deadline: .seconds(5))
        }
        #expect(server == "No such server.")
        let frontend = try await reply { try await socket.disableFrontend("nope", deadline: .seconds(5)) }
        #expect(frontend == "No such frontend.")
        let held = try await reply { try await socket.hold("nope", milliseconds: 1, deadline: .seconds(5)) }
        #expect(held == "No such frontend.")
        let two = try await reply { _ = try await socket.command("show info\nshow stat") }
        #expect(two.contains("control character"))
        #expect(process.isRunning)
    }

    @Test func `a hundred commands at once each get their own reply`() async throws {
        let router = try await TestRouter(address: "127.9.2.5")
        let process = try await router.start()
        let replies = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let reply = try await router.socket.command(
                        number.isMultiple(of: 2) ? "show info" : "show stat", deadline: .seconds(10))
                    return number.isMultiple(of: 2) ? reply.hasPrefix("Name:") : reply.hasPrefix("# pxname")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.count == 100 && replies.allSatisfy { $0 })
        #expect(process.isRunning)
    }

    @Test func `a frozen router is a timeout, a stopped one is unreachable, both come back`() async throws {
        let router = try await TestRouter(address: "127.9.2.6")
        let first = try await router.start()
        try await first.freeze()
        await #expect(throws: RouterError.timeout(command: "show info")) {
            try await router.socket.command("show info", deadline: .milliseconds(100))
        }
        first.signal(SIGCONT)
        #expect(try await router.socket.command("show info", deadline: .seconds(5)).hasPrefix("Name:"))
        first.stop()
        do throws(RouterError) {
            _ = try await router.socket.command("show info")
            Issue.record("a stopped router answered")
        } catch .unreachable {
        } catch .lost {
            // The end of the session had not been seen yet.
        }
        await #expect(throws: RouterError.self) { try await router.socket.command("show info") }
        let second = try await router.start()
        #expect(try await router.socket.statistics(deadline: .seconds(5)).pid == second.pid)
    }
}
