import ClusterHarness
import MariaDBClient
import ServerHarness
import Testing

extension IntegrationTests {
    /// Receipts that are lost with the connection that would have carried them.
    @Suite struct ReceiptTests {
        @Test func `a commit whose receipt was lost ends, and is not told without one`() async throws {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            try await cluster.flows(from: primary, to: "west", "before a receipt is lost")
            let server = try cluster.managerSession(primary)
            let before = try await unconfirmed(server)
            // Replicas that read and confirm nothing: what is written now is there, and its receipts are not.
            for replica in replicas { try await reconnect(cluster, replica, sendsReceipts: false) }
            let writer = try cluster.session(primary)
            async let write = writer.execute(
                "INSERT INTO app.marks (mark) VALUES ('its receipt was lost')", deadline: .seconds(90))
            try await eventually("the commit waits") {
                let rows = try? await server.query(
                    "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_wait_sessions'", deadline: .seconds(20))
                return rows?.first?[1] == "1"
            }
            // They begin behind it, and so never confirm it.
            for replica in replicas { try await reconnect(cluster, replica, sendsReceipts: true) }
            #expect(try await write == 1)
            #expect(try await unconfirmed(server) == before)
            try await cluster.hasEverywhere("its receipt was lost")
            try await cluster.flows(from: primary, to: "west", "after it")
            try await cluster.whole("east", primary: primary)
        }

        private func reconnect(_ cluster: RunningCluster, _ host: String, sendsReceipts: Bool) async throws {
            let session = try cluster.managerSession(host)
            for statement in [
                "SET GLOBAL rpl_semi_sync_slave_enabled = \(sendsReceipts ? 1 : 0)",
                "STOP SLAVE IO_THREAD", "START SLAVE IO_THREAD",
            ] { try await session.query(statement, deadline: .seconds(30)) }
        }

        /// Commits that ended without a receipt.
        private func unconfirmed(_ session: MariaDBSession) async throws -> String? {
            try await session.query(
                "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_no_tx'", deadline: .seconds(30)
            ).first?[1]
        }
    }
}
