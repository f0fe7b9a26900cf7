import ClusterHarness
import MariaDBClient
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    /// Transactions that another site has read, and no replica of their own site.
    @Suite struct AheadTests {
        @Test func `what only the other site has is read back when the primary's server returns`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            try await cluster.leaveAhead(primary, "read back")
            try await cluster.control(.start, "\(primary)/mysql")
            try await eventually("the primary takes writes") { await cluster.writable("east") == [primary] }
            for replica in replicas { try await cluster.done(replica, "replicator \(replica) online") }
            try await cluster.done(primary, "set policy automatic")
            try await cluster.whole("east", primary: primary)
            try await cluster.hasEverywhere("read back")
            try await cluster.flows(from: primary, to: "west", "after it was read back")
            try await cluster.identical()
        }

        @Test func `what only the other site has is fetched by the replica that is promoted`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            try await cluster.leaveAhead(old, "fetched")
            try await cluster.listing(replicas[0], "the failed primary") {
                $0[old].contains("FAILED(DATASERVER")
            }
            let run = try await cluster.done(replicas[0], "failover")
            #expect(run.output.contains("FETCHING TRANSACTIONS THAT ONLY 'west"), "\(run.text)")
            try await cluster.control(.start, "\(old)/mysql")
            try await cluster.listing(replicas[0], "the old primary") {
                $0[old].contains("SHUNNED(FAILED-OVER-TO-") && $0[old].contains("DATASERVER(state=ONLINE)")
            }
            try await cluster.done(replicas[0], "datasource \(old) recover")
            for replica in try await cluster.replicas("east") {
                try await cluster.done(replica, "replicator \(replica) online")
            }
            try await cluster.done(old, "set policy automatic")
            try await cluster.whole("east")
            try await cluster.hasEverywhere("fetched")
            try await cluster.flows(from: old, to: "west", "after it was fetched")
            try await cluster.identical()
        }
    }
}

extension RunningCluster {
    /// Lets a row reach the other site while no replica of the primary's own site receives anything, and kills the
    /// primary's server.
    fileprivate func leaveAhead(_ primary: String, _ mark: String) async throws {
        try await flows(from: primary, to: "west", "before: \(mark)")
        // Otherwise the rules start replicators again.
        try await done(primary, "set policy manual")
        for replica in try await replicas("east") { try await done(replica, "replicator \(replica) offline") }
        // It waits for a receipt that does not come: nobody is told that it is safe.
        let session = try session(primary)
        let writing = Task {
            try await session.query("INSERT INTO app.marks (mark) VALUES ('\(mark)')", deadline: .seconds(9))
        }
        try await eventually("the other site has the row") {
            for host in hosts(of: "west") where try await hasMark(mark, host) { return true }
            return false
        }
        try await control(.kill, "\(primary)/mysql")
        await #expect(throws: MariaDBError.self) { try await writing.value }
    }

    fileprivate func hasMark(_ mark: String, _ host: String) async throws -> Bool {
        try await answer(host, .server, "SELECT COUNT(*) FROM app.marks WHERE mark = '\(mark)'") != "0"
    }

    func hasEverywhere(_ mark: String) async throws {
        let count = try await same("SELECT COUNT(*) FROM app.marks WHERE mark = '\(mark)'")
        #expect(count == "1")
    }
}
