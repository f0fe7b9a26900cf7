import Glibc
import MariaDBClient
import ServerHarness
import Testing

/// One test after the other: each starts servers of its own, and deadlines are part of what is tested.
@Suite(.serialized)
struct SessionTests {
    @Test func `rows come back by column name over verified TLS`() async throws {
        let server = try await TestServer(address: "127.9.1.1")
        let session = try server.session()
        let rows = try await session.query(
            "SELECT 1 AS one, NULL AS none, 'grün' AS text UNION SELECT 2, 'x', ''")
        #expect(rows.count == 2)
        #expect(rows[0].integer("one") == 1)
        #expect(rows[0].has("none") && rows[0]["none"] == nil)
        #expect(rows[0]["text"] == "grün")
        #expect(rows[1]["text"] == "")
        #expect(rows[0]["nothing"] == nil)
        #expect(try await session.cipher()?.hasPrefix("TLS_") == true)

        let nasty = "it's \\ \" \n \u{1A} end"
        let back = try await session.query("SELECT \(SQLText.quoted(nasty)) AS v")
        #expect(back[0]["v"] == nasty)

        try await session.execute("CREATE TABLE t (a INT PRIMARY KEY)")
        #expect(try await session.execute("INSERT INTO t VALUES (1), (2)") == 2)
        await #expect(throws: MariaDBError.self) { try await session.query("INSERT INTO t VALUES (1)") }
        do {
            try await session.query("INSERT INTO t VALUES (1)")
        } catch {
            #expect(error.code == .duplicateKey)
            #expect(error.sqlState == "23000")
            #expect(!error.isConnectionError && !error.outcomeUnknown)
        }
        // A procedure's further results do not stay in the connection.
        try await session.query("CREATE PROCEDURE p() BEGIN SELECT 1 AS a; SELECT 2 AS b; END")
        #expect(try await session.query("CALL p()")[0]["a"] == "1")
        #expect(try await session.query("SELECT 3 AS c")[0]["c"] == "3")
    }

    @Test func `a commit that waits for a receipt ends when the server is told what was received`()
        async throws
    {
        let server = try await TestServer(
            address: "127.9.1.9",
            options: [
                "--log-bin=log", "--server-id=1", "--rpl-semi-sync-master-wait-point=AFTER_SYNC",
            ])
        let root = try MariaDBSession(server.administrator)
        try await root.query("CREATE TABLE app.kept (a INT)", deadline: .seconds(30))
        let place = try #require(try await root.query("SHOW MASTER STATUS").first)
        let file = try #require(place["File"])
        // Nobody sends receipts here.
        try await root.query(
            "SET GLOBAL rpl_semi_sync_master_timeout = 1000000000, GLOBAL rpl_semi_sync_master_enabled = ON")
        let before = try #require(place["Position"].flatMap { UInt64($0) })
        let writer = try server.session()
        async let write = writer.execute("INSERT INTO kept VALUES (1)", deadline: .seconds(60))
        try await eventually("the commit waits") {
            let rows = try? await root.query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_wait_sessions'")
            return rows?.first?["Value"] == "1"
        }
        // What was received before is no receipt for it.
        let early = try MariaDBSession(server.administrator)
        try await early.follow(log: file, position: before, as: 7, deadline: .seconds(30))
        #expect(try await root.query("SELECT COUNT(*) AS n FROM app.kept").first?["n"] == "0")
        let size = try #require(UInt64(try await size(of: server.directory.file("data/\(file)"))))
        let follower = try MariaDBSession(server.administrator)
        try await follower.follow(log: file, position: size, as: 8, deadline: .seconds(30))
        #expect(try await write == 1)
        let status = try await root.query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_no_tx'")
        #expect(status.first?["Value"] == "0")
    }

    private func size(of path: String) async throws -> String {
        var facts = stat()
        try #require(stat(path, &facts) == 0)
        return "\(facts.st_size)"
    }

    @Test func `a broken connection fails one call, and the next call connects anew`() async throws {
        let server = try await TestServer(address: "127.9.1.2")
        let session = try server.session()
        let first = try await session.connectionID()
        let other = try server.session()
        try await other.query("KILL CONNECTION \(first)")
        await #expect(throws: MariaDBError.self) {
            // The kill may be noticed by this call or, rarely, before it was asked for.
            for _ in 0..<50 {
                try await session.query("SELECT SLEEP(0.02)")
            }
        }
        #expect(try await session.connectionID() != first)
        try await session.query("SET @mark = 1")
        #expect(try await session.query("SELECT @mark AS m")[0]["m"] == "1")
    }

    @Test func `a deadline holds where the server hangs, and the session recovers with it`() async throws {
        let server = try await TestServer(address: "127.9.1.3")
        let session = try server.session()
        try await session.query("SELECT 1")
        try await server.process.freeze()
        let clock = ContinuousClock()
        let start = clock.now
        do {
            try await session.query("SELECT 1", deadline: .milliseconds(200))
            Issue.record("a frozen server answered")
        } catch {
            #expect(error.code == .deadlinePassed)
            #expect(error.isTimeout && error.outcomeUnknown && error.isConnectionError)
        }
        // A new connection to a frozen server is accepted by the system and never greeted.
        #expect(await session.isAlive(deadline: .milliseconds(200)) == false)
        let fresh = try server.session()
        do {
            try await fresh.query("SELECT 1", deadline: .milliseconds(300))
            Issue.record("a frozen server answered")
        } catch {
            #expect(error.isConnectionError && !error.outcomeUnknown)
        }
        #expect(clock.now - start < .seconds(10))
        server.process.signal(SIGCONT)
        try await eventually("the session recovers") { await session.isAlive(deadline: .seconds(2)) }
        try await eventually("the other too") { await fresh.isAlive(deadline: .seconds(2)) }
    }

    @Test func `a statement whose time ran out while it waited its turn is never sent`() async throws {
        let server = try await TestServer(address: "127.9.1.4")
        let session = try server.session()
        try await session.query("CREATE TABLE t (a INT)")
        async let slow = session.query("SELECT SLEEP(1)", deadline: .seconds(30))
        try await Task.sleep(for: .milliseconds(100))
        do {
            try await session.query("INSERT INTO t VALUES (1)", deadline: .milliseconds(100))
            Issue.record("the insert overtook")
        } catch {
            #expect(error.code == .deadlinePassed && !error.outcomeUnknown)
        }
        _ = try await slow
        #expect(try await session.query("SELECT COUNT(*) AS n FROM t")[0]["n"] == "0")
    }

    @Test func `a running call ends by cancel, and by the end of its task`() async throws {
        let server = try await TestServer(address: "127.9.1.5")
        let session = try server.session()
        for byTask in [false, true] {
            let call = Task { try await session.query("SELECT SLEEP(60)", deadline: .seconds(100)) }
            let watcher = try server.session()
            try await eventually("the statement runs") {
                try await watcher.query(
                    "SELECT 1 FROM information_schema.processlist WHERE info = 'SELECT SLEEP(60)'"
                ).count == 1
            }
            if byTask { call.cancel() } else { session.cancel() }
            do {
                _ = try await call.value
                Issue.record("it was not cancelled")
            } catch let error as MariaDBError {
                #expect(error.code == .cancelled && error.outcomeUnknown)
            }
            #expect(await session.isAlive(deadline: .seconds(5)))
        }
    }

    @Test func `refusals say what kind they are`() async throws {
        let server = try await TestServer(address: "127.9.1.6")
        func error(_ change: (inout MariaDBTarget) -> Void) async throws -> MariaDBError {
            var target = server.target
            change(&target)
            let session = try MariaDBSession(target)
            do {
                try await session.query("SELECT 1", deadline: .seconds(10))
            } catch {
                return error
            }
            throw HarnessError("the server let it in")
        }
        #expect(try await error { $0.password = "wrong" }.code == .accessDenied)
        // The account insists on TLS.
        #expect(try await error { $0.tls = nil }.code == .accessDenied)
        let stranger = try await error { $0.tls = .init(authority: server.certificates.path("stranger-ca")) }
        #expect(stranger.code == .tlsFailed)
        #expect(
            try await error { $0.initialStatements = ["SET GLOBAL read_only=1"] }.code == .missingPrivilege)

        // The same server under an address that its certificate does not carry.
        let elsewhere = try await error { $0.endpoint = .tcp(host: server.otherAddress, port: server.port) }
        #expect(elsewhere.code == .tlsFailed)

        let nobody = try freePort(on: server.address)
        let refused = try await error { $0.endpoint = .tcp(host: server.address, port: nobody) }
        #expect(refused.code == .cannotConnect && refused.isRefused && !refused.isTimeout, "\(refused)")
        let noSocket = try await error { $0.endpoint = .socket("/nonexistent.sock") }
        #expect(noSocket.isRefused)
    }

    @Test func `a port whose queue of connections is full is a timeout, not a refusal`() async throws {
        let address = "127.9.1.7"
        let listener = try SilentListener(address: address)
        var target = MariaDBTarget(
            endpoint: .tcp(host: address, port: listener.port), user: "x", password: "x")
        target.connectTimeout = 1
        let session = try MariaDBSession(target)
        do {
            try await session.query("SELECT 1", deadline: .seconds(20))
            Issue.record("nobody should answer")
        } catch {
            #expect(error.isTimeout && !error.isRefused && !error.outcomeUnknown, "\(error)")
        }
    }

    @Test func `a session's thread ends with it`() async throws {
        func threads() throws -> Int {
            let line = try readFile("/proc/self/status").split(separator: "\n").first {
                $0.hasPrefix("Threads:")
            }
            return Int(line?.split(separator: "\t").last ?? "") ?? 0
        }
        let target = MariaDBTarget(endpoint: .socket("/nonexistent.sock"), user: "x", password: "x")
        let before = try threads()
        do {
            var sessions: [MariaDBSession] = []
            for _ in 0..<100 { sessions.append(try MariaDBSession(target)) }
            #expect(try threads() >= before + 90)
            #expect(await sessions[0].isAlive() == false)
        }
        try await eventually("the threads end") { try threads() < before + 50 }
    }
}
