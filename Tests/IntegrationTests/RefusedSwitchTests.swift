import ClusterHarness
import MariaDBClient
import ServerHarness
import Testing

extension IntegrationTests {
    /// A switch that must not happen leaves everything as it was.
    @Suite struct RefusedSwitchTests {
        @Test func `a wrong name and the primary's own name are refused`() async throws {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            try await cluster.refused("east3", "switch to nobody", status: 2, "'nobody'")
            try await cluster.refused("east2", "switch to west1", status: 2, "'west1'")
            try await cluster.refused(
                "east2", "switch to \(primary)", status: 3, "'\(primary)' is already the primary")
            try await cluster.whole("east", primary: primary, seconds: 5)
        }

        @Test func `a replica that is set aside or does not replicate is refused by name, with the reason`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            try await cluster.done("east1", "set policy maintenance; datasource \(replicas[0]) shun")
            try await cluster.refused(
                "east1", "switch to \(replicas[0])", status: 3, "'\(replicas[0])' cannot become the primary",
                "SHUNNED")
            try await cluster.done("east1", "replicator \(replicas[1]) offline")
            try await cluster.refused(
                "east1", "switch to \(replicas[1])", status: 3, "'\(replicas[1])' cannot become the primary",
                "replic")
            try await cluster.refused("east1", "switch", status: 3, replicas[0], replicas[1])
            #expect(await cluster.writable("east") == [primary])
            try await cluster.done(
                "east1", "replicator \(replicas[1]) online; datasource \(replicas[0]) recover")
            try await cluster.done("east1", "datasource \(replicas[0]) online; set policy automatic")
            try await cluster.whole("east", primary: primary)
        }

        @Test(arguments: [
            "INSERT INTO app.slow SELECT SLEEP(8)", "UPDATE app.slow SET a = a + SLEEP(8)",
            "LOCK TABLES app.slow WRITE",
        ])
        func `a statement that does not end refuses the switch, names its session, and goes on`(
            statement: String
        )
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let session = try cluster.session(primary)
            try await session.execute("CREATE OR REPLACE TABLE app.slow (a INT)", deadline: .seconds(20))
            try await session.execute("INSERT INTO app.slow VALUES (1)", deadline: .seconds(20))
            try await cluster.same("SELECT COUNT(*) FROM app.slow")
            let id = try await session.connectionID()
            let isLock = statement.hasPrefix("LOCK")
            async let blocking: UInt64 = session.execute(statement, deadline: .seconds(60))
            if isLock {
                _ = try await blocking
            } else {
                let look = try cluster.managerSession(primary)
                try await eventually("the statement runs") {
                    try await look.query(
                        "SELECT 1 FROM information_schema.processlist WHERE id = \(id) AND command = 'Query'"
                    ).count == 1
                }
            }
            let run = try await cluster.refused(
                "east1", "switch", status: 3,
                isLock
                    ? "'\(primary)' could not be frozen" : "a running statement on '\(primary)' did not end",
                "\(id)",
                "'\(primary)' goes on as the primary")
            // A table lock is not seen before it keeps the freeze waiting.
            #expect(run.output.contains("ROLLING BACK TO '\(primary)@east'") == isLock)
            // The lock's holder still has it: it may write, and then let others.
            if isLock {
                try await session.execute("INSERT INTO app.slow VALUES (2)", deadline: .seconds(20))
                try await session.execute("UNLOCK TABLES", deadline: .seconds(20))
            } else {
                _ = try await blocking
            }
            try await cluster.flows(from: "east2", to: "east", "goes on \(id)")
            #expect(await cluster.writable("east") == [primary])
            try await cluster.whole("east", primary: primary)
        }
    }
}
