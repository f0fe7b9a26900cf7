import ClusterHarness
import MariaDBClient
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    /// Scheduled events run where the primary is, and writers with admin rights do not slip through.
    @Suite struct EventTests {
        @Test func `events move along with a switch and with a failover`() async throws {
            let cluster = try await cluster()
            let first = try await cluster.primary("east")
            let maker = try cluster.session("east1", .write)
            for statement in [
                "DROP EVENT IF EXISTS app.ticks", "DROP EVENT IF EXISTS app.never",
                "DROP TABLE IF EXISTS app.ticks",
                """
                CREATE TABLE app.ticks (id BIGINT AUTO_INCREMENT PRIMARY KEY, server VARCHAR(20) NOT NULL, \
                sort VARCHAR(20) NOT NULL)
                """,
                """
                CREATE EVENT app.ticks ON SCHEDULE EVERY 1 SECOND COMMENT 'it''s ours' DO \
                INSERT INTO app.ticks (server, sort) VALUES (@@report_host, 'ticks')
                """,
                """
                CREATE EVENT app.never ON SCHEDULE EVERY 1 SECOND DISABLE DO \
                INSERT INTO app.ticks (server, sort) VALUES (@@report_host, 'never')
                """,
            ] { try await maker.execute(statement, deadline: .seconds(20)) }
            let definition = try await Self.definition(on: first, cluster)
            try await Self.ticks(on: first, cluster)

            let new = first == "east2" ? "east3" : "east2"
            let run = try await cluster.done("east1", "switch to \(new)")
            #expect(run.output.contains("STOP 1 EVENTS ON CURRENT MASTER '\(first)@east'"), "\(run.text)")
            try await Self.ticks(on: new, cluster)
            #expect(try await Self.definition(on: new, cluster) == definition)
            #expect(
                try await Self.status(on: first, cluster)
                    == "never DISABLED\nticks SLAVESIDE_DISABLED")

            // The managers know it still when the one that ran it is gone.
            try await cluster.control(.kill, "\(new)/mysql")
            try await eventually("another server is the primary") {
                let writable = await cluster.writable("east")
                return writable.count == 1 && writable != [new]
            }
            let third = try #require(await cluster.writable("east").first)
            try await Self.ticks(on: third, cluster)
            try await cluster.control(.start, "\(new)/mysql")
            try await cluster.whole("east")
            try await eventually("the event rests on the old primary") {
                try await Self.status(on: new, cluster)
                    == "never SLAVESIDE_DISABLED\nticks SLAVESIDE_DISABLED"
            }
            let servers = try await cluster.answer(
                third, .server, "SELECT GROUP_CONCAT(DISTINCT sort) FROM app.ticks")
            #expect(servers == "ticks")

            try await cluster.session("east1", .write).execute("DROP EVENT app.ticks", deadline: .seconds(20))
            try await cluster.session("east1", .write).execute("DROP EVENT app.never", deadline: .seconds(20))
            try await cluster.identical()
        }

        @Test func `a writer with admin rights at the old primary does not slip through`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let maker = try cluster.session("east1", .write)
            try await maker.execute(
                "CREATE TABLE IF NOT EXISTS app.admin (id BIGINT AUTO_INCREMENT PRIMARY KEY, number INT)",
                deadline: .seconds(20))
            try await cluster.same("SELECT COUNT(*) FROM app.admin")
            // Straight to the server, past every router, by an account that may write where others may not.
            let writers = try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 1...4 {
                    group.addTask {
                        let session = try cluster.administratorSession(old)
                        var written = 0
                        while !Task.isCancelled {
                            do {
                                try await session.execute(
                                    "INSERT INTO app.admin (number) VALUES (\(writer))",
                                    deadline: .seconds(20))
                                written += 1
                            } catch {
                                break
                            }
                        }
                        return written
                    }
                }
                group.addTask {
                    try await Task.sleep(for: .milliseconds(300))
                    try await cluster.done("east1", "switch")
                    return 0
                }
                var all = 0
                for try await written in group { all += written }
                return all
            }
            #expect(writers > 0)
            try await cluster.whole("east")
            try await cluster.same("SELECT COUNT(*), SUM(number) FROM app.admin")
            try await cluster.flows(from: "east1", to: "west", "after an administrator wrote")
            try await cluster.identical()
        }

        /// Rows come from the event on this server, and from no other.
        private static func ticks(on host: String, _ cluster: RunningCluster) async throws {
            let last = try await cluster.answer(host, .server, "SELECT COALESCE(MAX(id), 0) FROM app.ticks")
            try await eventually("the event runs on \(host)") {
                try await cluster.answer(
                    host, .server,
                    "SELECT GROUP_CONCAT(DISTINCT server) FROM app.ticks WHERE id > \(last)") == host
            }
        }

        private static func status(on host: String, _ cluster: RunningCluster) async throws -> String {
            try await cluster.answer(
                host, .server,
                "SELECT CONCAT(event_name, ' ', status) FROM information_schema.events ORDER BY event_name")
        }

        /// What must not change when another server runs it.
        private static func definition(on host: String, _ cluster: RunningCluster) async throws -> String {
            try await cluster.answer(
                host, .server,
                """
                SELECT definer, status, sql_mode, time_zone, character_set_client, collation_connection, \
                interval_value, starts, on_completion, event_comment, event_definition \
                FROM information_schema.events WHERE event_name = 'ticks'
                """)
        }
    }
}
