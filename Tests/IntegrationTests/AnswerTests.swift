import ClusterHarness
import ClusterModel
import Glibc
import MariaDBClient
import ServerHarness
import SiteConfiguration
import Testing

extension IntegrationTests {
    /// Why, history, plans, drains, connections, backups: each once on real servers.
    @Suite struct AnswerTests {
        @Test func `why and history tell of a shunned replica who did it, and plans change nothing`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replica = try await cluster.replicas("east")[1]
            let plan = try await cluster.done(replica, "switch to \(replica) --plan")
            for text in [
                "freeze '\(primary)'", "candidate:  \(replica)", "primary ", "\(primary) => \(replica)",
            ] {
                #expect(plan.output.contains(text), "\(plan.text)")
            }
            #expect(try await cluster.primary("east") == primary)
            try await cluster.done(replica, "datasource \(replica) shun")
            let why = try await cluster.done(replica, "why \(replica); why not \(replica); why no failover")
            for text in [
                "slave:SHUNNED(MANUALLY-SHUNNED)", "'datasource \(replica) shun' of operator",
                "'\(replica)' cannot become the primary", "the primary '\(primary)' has not FAILED",
            ] { #expect(why.output.contains(text), "\(why.text)") }
            let history = try await cluster.done(replica, "history 5 --fields by,result,command")
            #expect(
                history.output.contains("operator\tdone\tdatasource \(replica) shun\n"), "\(history.text)")
            try await cluster.done(replica, "datasource \(replica) recover")
            try await cluster.whole("east")
        }

        @Test func `a drained replica keeps a session until its time is over, and connections show it`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            // All reads of the site go to one replica.
            try await cluster.done(primary, "datasource \(replicas[0]) shun")
            let session = try cluster.session(primary, .read)
            try await session.query("SELECT 1", deadline: .seconds(20))
            let seen = try await cluster.done(primary, "datasource \(replicas[1]) connections -l")
            #expect(seen.output.contains(cluster.configuration.applicationUser), "\(seen.text)")
            let drained = try await cluster.done(primary, "datasource \(replicas[1]) drain 2")
            #expect(drained.output.contains("SHUNNED(DRAIN-CONNECTIONS)"), "\(drained.text)")
            #expect(drained.output.contains("did not end in time and were cut"), "\(drained.text)")
            await #expect(throws: (any Error).self) {
                try await session.query("SELECT 1", deadline: .seconds(20))
            }
            try await cluster.done(
                primary, "datasource \(replicas[1]) welcome; datasource \(replicas[0]) welcome")
            try await cluster.whole("east")
        }

        @Test func `a backup is listed and restored, and the replica catches up from its position`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replica = try await cluster.replicas("east")[1]
            try await cluster.refused(primary, "datasource \(replica) restore", status: 3, "must be SHUNNED")
            let backup = try await cluster.done(primary, "datasource \(replica) backup")
            #expect(backup.output.contains("Backup of dataSource '\(replica)' succeeded"), "\(backup.text)")
            let names = try await cluster.done(primary, "datasource \(replica) backups --fields name").output
            #expect(names.split(separator: "\n").count == 1 && names.contains(replica))
            // Written after the backup: it must come by replication.
            try await cluster.done(primary, "cluster heartbeat; datasource \(replica) shun")
            let restored = try await cluster.done(primary, "datasource \(replica) restore")
            #expect(
                restored.output.contains("RESTORE OF '\(replica)@east' WAS SUCCESSFUL"), "\(restored.text)")
            try await cluster.done(primary, "datasource \(replica) recover")
            try await cluster.whole("east")
            try await cluster.identical()
            // Nothing but complete backups is left behind.
            let left = try Directory.names(in: try cluster.paths(replica).backups)
            #expect(left == names.split(separator: "\n").map(String.init))
        }
    }
}

/// Names in a directory.
private enum Directory {
    static func names(in path: String) throws -> [String] {
        guard let directory = opendir(path) else { throw HarnessError("cannot read '\(path)'", errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
