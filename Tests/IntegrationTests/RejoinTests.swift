import ClusterHarness
import Glibc
import MariaDBClient
import SandboxKit
import ServerHarness
import SiteConfiguration
import Testing

extension IntegrationTests {
    /// Old primaries, and replicas that cannot follow any more, on their way back.
    @Suite struct RejoinTests {
        @Test func `what a crashed primary had logged and nobody confirmed is saved, and taken back`()
            async throws
        {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            try await cluster.flows(from: old, to: "west", "rejoin: before")
            try await cluster.crashWithUnconfirmed(old, "never confirmed")
            try await cluster.listing(replicas[0], "the failed primary") {
                $0[old].contains("FAILED(DATASERVER")
            }
            try await cluster.done(replicas[0], "failover")
            let plan = try await cluster.done(replicas[0], "datasource \(old) recover --plan")
            #expect(plan.output.contains("save what only '\(old)' has"), "\(plan.text)")
            let run = try await cluster.done(replicas[0], "datasource \(old) recover")
            #expect(run.output.contains("TOOK 1 TRANSACTIONS BACK"), "\(run.text)")
            #expect(try await cluster.saved(old).contains("never confirmed"))
            for replica in try await cluster.replicas("east") {
                try await cluster.done(replica, "replicator \(replica) online")
            }
            try await cluster.done(old, "set policy automatic")
            try await cluster.whole("east")
            #expect(try await cluster.same(cluster.count("never confirmed")) == "0")
            try await cluster.flows(from: old, to: "west", "rejoin: after the crash")
            try await cluster.identical()
        }

        @Test func `an old primary that went on by itself is re-provisioned, whatever dies meanwhile`()
            async throws
        {
            let cluster = try await cluster()
            let old = try await cluster.primary("west")
            try await cluster.flows(from: old, to: "east", "rejoin: before the errant row")
            // Otherwise the managers fail over, and bring back what they can, by themselves.
            try await cluster.done(old, "set policy manual")
            let others = try await cluster.replicas("west")
            try await cluster.control(.kill, "\(old)/mysql")
            try await cluster.listing(others[0], "the failed primary") {
                $0[old].contains("FAILED(DATASERVER")
            }
            try await cluster.done(others[0], "failover")
            let new = try await cluster.primary("west")
            let donor = try #require(others.first { $0 != new })
            // At once: the other site must have been turned away from it by the failover itself.
            try await cluster.control(.start, "\(old)/mysql")
            try await cluster.root(old, "INSERT INTO app.marks VALUES ('errant')")
            try await cluster.listing(new, "the old primary") {
                $0[old].contains("SHUNNED(FAILED-OVER-TO-\(new))")
                    && $0[old].contains("DATASERVER(state=ONLINE)")
            }
            try await cluster.flows(from: new, to: "east", "rejoin: after the errant row")

            // Somebody may have been told that the row is safe.
            try await cluster.refused(
                new, "datasource \(old) recover", status: 3, "never had", "set force true")
            #expect(try await cluster.saved(old).contains("errant"))
            let before = try await cluster.answer(old, .server, cluster.count("errant"))
            #expect(before == "1")

            // The donor's manager dies in the middle of the copy: everything stays as it was.
            try cluster.halt(donor, before: "copy")
            let broken = try await cluster.cctrl(new, "set force true; datasource \(old) recover")
            #expect(broken.status != 0, "\(broken.text)")
            #expect(try await cluster.answer(old, .server, cluster.count("errant")) == "1")
            try await cluster.control(.start, "\(donor)/manager")
            try await cluster.listing(new, "the donor is back") {
                $0[donor].contains("slave:ONLINE") && $0[donor].contains("MANAGER(state=ONLINE)")
                    // As before, or, where that manager coordinated, as it was left.
                    && $0[old].contains("SHUNNED(")
            }

            // The old primary's own manager dies while its server has no data at all: the next recovery goes on.
            try cluster.halt(old, before: "exchange")
            let half = try await cluster.cctrl(new, "set force true; datasource \(old) recover")
            #expect(half.status != 0, "\(half.text)")
            try await cluster.control(.start, "\(old)/manager")
            try await cluster.listing(new, "the manager is back") {
                $0[old].contains("MANAGER(state=ONLINE)")
            }
            // What is shown may be the killed manager's last report: the new one takes a moment to answer.
            var mended = half
            for _ in 0..<30 where mended.status != 0 {
                try await Task.sleep(for: .seconds(1))
                mended = try await cluster.cctrl(new, "datasource \(old) recover")
            }
            #expect(mended.output.contains("FINISHED AN EXCHANGE"), "\(mended.text)")
            try await cluster.done(new, "set policy automatic")
            try await cluster.whole("west", primary: new)
            #expect(try await cluster.same(cluster.count("errant")) == "0")
            try await cluster.flows(from: old, to: "east", "rejoin: with new data")
            try await cluster.identical()
            let tails = try await cluster.done(new, "datasource \(old) tails --fields transactions")
            #expect(tails.output.hasSuffix("1\n"), "\(tails.text)")
        }

        @Test func `a replica whose source has purged what it lacks gets a copy`() async throws {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replica = try await cluster.replicas("east")[0]
            let waiting = try await cluster.replicas("east")[1]
            try await cluster.done(primary, "datasource \(replica) shun; replicator \(replica) offline")
            try await cluster.flows(from: primary, to: "west", "rejoin: purged")
            for host in [primary, waiting] {
                try await cluster.root(host, "FLUSH BINARY LOGS", "FLUSH BINARY LOGS")
            }
            try await eventually("the log is purged") {
                let logs = try await cluster.rows(primary, "SHOW BINARY LOGS")
                if logs.count > 1, let last = logs.last {
                    try await cluster.root(primary, "PURGE BINARY LOGS TO '\(last)'")
                }
                return logs.count == 1
            }
            let run = try await cluster.done(primary, "datasource \(replica) recover")
            #expect(run.output.contains("CANNOT FOLLOW"), "\(run.text)")
            #expect(
                run.output.contains("RE-PROVISIONING '\(replica)@east' FROM '\(waiting)@east'"), "\(run.text)"
            )
            try await cluster.whole("east", primary: primary)
            try await cluster.flows(from: replica, to: "west", "rejoin: after the purge")
            try await cluster.identical()
        }
    }
}

extension RunningCluster {
    fileprivate func count(_ mark: String) -> String {
        "SELECT COUNT(*) FROM app.marks WHERE mark = '\(mark)'"
    }

    /// Statements of the server's administrator, by its socket.
    fileprivate func root(_ host: String, _ statements: String...) async throws {
        let session = try administratorSession(host)
        for statement in statements { try await session.execute(statement, deadline: .seconds(20)) }
        session.close()
    }

    /// The first column of what the managers' account gets.
    fileprivate func rows(_ host: String, _ statement: String) async throws -> [String] {
        try await managerSession(host).query(statement, deadline: .seconds(20)).compactMap { $0[0] }
    }

    /// What was saved of a host's newest tail, as a person reads it.
    fileprivate func saved(_ host: String) async throws -> String {
        let list = try await done(host, "datasource \(host) tails --fields readable")
        let path = try #require(list.output.split(separator: "\n").last.map(String.init))
        let stream = try #require(fopen(path, "r"), "\(path)")
        defer { fclose(stream) }
        var facts = stat()
        #expect(fstat(fileno(stream), &facts) == 0 && facts.st_mode & 0o777 == 0o600)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        return String(decoding: buffer[..<fread(&buffer, 1, buffer.count, stream)], as: UTF8.self)
    }

    /// Kills a primary's server while a row waits for a receipt that nobody sends, and that no other site has read.
    fileprivate func crashWithUnconfirmed(_ primary: String, _ mark: String) async throws {
        try await done(primary, "set policy manual")
        for replica in try await replicas("east") { try await done(replica, "replicator \(replica) offline") }
        // Otherwise its manager would start the connection again.
        let reader = try await self.primary("west")
        try await control(.stop, "\(reader)/manager")
        try await root(reader, "STOP SLAVE 'east'")
        let before = try await rows(primary, "SELECT @@gtid_binlog_pos")
        let session = try session(primary)
        let writing = Task {
            try await session.query("INSERT INTO app.marks (mark) VALUES ('\(mark)')", deadline: .seconds(9))
        }
        try await eventually("the row is logged") {
            try await rows(primary, "SELECT @@gtid_binlog_pos") != before
        }
        try await control(.kill, "\(primary)/mysql")
        await #expect(throws: MariaDBError.self) { try await writing.value }
        try await control(.cont, "\(reader)/manager")
    }
}
