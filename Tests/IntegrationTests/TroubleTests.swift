import ClusterHarness
import MariaDBClient
import SandboxKit
import ServerHarness
import SiteConfiguration
import Testing

extension IntegrationTests {
    /// A switch while something else is not as it should be.
    @Suite struct TroubleTests {
        // MARK: sessions on the old primary

        @Test func `a long SELECT goes on through a switch`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let session = try await prepared(cluster, old)
            let id = try await session.connectionID()
            async let reading = session.query("SELECT SLEEP(6) FROM app.slow", deadline: .seconds(90))
            try await runs(id, on: old, cluster)
            let run = try await cluster.done("east1", "switch")
            #expect(!run.output.contains("CUT ON"), "\(run.text)")
            #expect(try await reading.count == 1)
            try await cluster.whole("east")
        }

        @Test(arguments: [
            "UPDATE app.slow SET a = a + SLEEP(60)", "CREATE TABLE app.copied AS SELECT SLEEP(60) AS a",
        ])
        func `a long statement that writes refuses the switch, and others write on`(statement: String)
            async throws
        {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let session = try await prepared(cluster, old)
            let id = try await session.connectionID()
            let writing = Task { try? await session.execute(statement, deadline: .seconds(90)) }
            try await runs(id, on: old, cluster)
            try await cluster.underLoad("east", clients: 4) {
                let run = try await cluster.refused(
                    "east1", "switch", status: 3, "a running statement on '\(old)' did not end",
                    "session \(id) of \(cluster.configuration.applicationUser)@",
                    String(statement.prefix(20)), "--cut-sessions")
                // It was met before anything was begun.
                #expect(!run.output.contains("ROLLING BACK"))
                // Bounded: it is refused long before the statement would have ended.
                try await runs(id, on: old, cluster)
            }
            let look = try cluster.managerSession(old)
            try await look.execute("KILL CONNECTION \(id)", deadline: .seconds(20))
            _ = await writing.value
            try await cluster.whole("east", primary: old)
        }

        @Test func `an idle transaction refuses a switch, and is cut where the operator wants that`()
            async throws
        {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            let session = try await prepared(cluster, old)
            let id = try await session.connectionID()
            try await session.execute("BEGIN", deadline: .seconds(20))
            try await session.execute("INSERT INTO app.slow VALUES (77)", deadline: .seconds(20))
            try await cluster.refused(
                "east1", "switch", status: 3, "an open transaction on '\(old)' did not end",
                "session \(id) of", "idle for")
            // It was not touched.
            try await session.execute("INSERT INTO app.slow VALUES (78)", deadline: .seconds(20))
            let run = try await cluster.done("east1", "switch --cut-sessions")
            #expect(run.output.contains("CUT ON CURRENT MASTER '\(old)@east': session \(id) of"))
            #expect(run.output.contains("1 with open transactions before"), "\(run.text)")
            await #expect(throws: (any Error).self) {
                try await session.execute("COMMIT", deadline: .seconds(20))
            }
            try await cluster.same("SELECT COUNT(*) FROM app.slow WHERE a > 70")
            #expect(
                try await cluster.answer(old, .server, "SELECT COUNT(*) FROM app.slow WHERE a > 70") == "0")
            let entry = try await cluster.done("east1", "operation list --json")
            #expect(entry.output.contains("\"transactionsCut\":1"), "\(entry.text)")
            try await cluster.whole("east")
        }

        // MARK: parts of the site

        @Test func `a backup runs beside a switch`() async throws {
            let cluster = try await cluster()
            let replicas = try await cluster.replicas("east")
            let directory = try TemporaryDirectory()
            async let backup = cluster.cctrl(
                "east2", "datasource \(replicas[1]) backup \(directory.file("copies"))")
            let run = try await cluster.done("east1", "switch to \(replicas[0])")
            #expect(run.output.contains("RECEIPT: gap "), "\(run.text)")
            let ended = try await backup
            #expect(ended.status == 0, "\(ended.text)")
            try await cluster.whole("east")
        }

        @Test func `a router that is down is no obstacle`() async throws {
            let cluster = try await cluster()
            let replicas = try await cluster.replicas("east")
            let routers = cluster.hosts(of: "east").filter { $0 != replicas[1] }
            try await cluster.control(.kill, "\(replicas[1])/router")
            try await cluster.underLoad("east", clients: 4, routers: routers) {
                try await cluster.done("east1", "switch to \(replicas[0])")
            }
            try await cluster.control(.start, "\(replicas[1])/router")
            try await cluster.whole("east", primary: replicas[0])
        }

        @Test func `a router without its manager refuses a switch, unless that is forced`() async throws {
            let cluster = try await cluster()
            let coordinator = try await cluster.coordinator("east")
            let replicas = try await cluster.replicas("east")
            let gone = try #require(replicas.first { $0 != coordinator })
            let new = try #require(replicas.first { $0 != gone })
            try await cluster.control(.kill, "\(gone)/manager")
            try await cluster.refused(coordinator, "switch to \(new)", status: 3, "'\(gone)'")
            let run = try await cluster.cctrl(coordinator, "set force true; switch to \(new)")
            #expect([0, 4].contains(run.status), "\(run.text)")
            #expect(run.lastLine == "SWITCH TO '\(new)@east' WAS SUCCESSFUL", "\(run.text)")
            try await cluster.control(.start, "\(gone)/manager")
            try await cluster.whole("east", primary: new)
            try await cluster.flows(from: gone, to: "east", "by the router of \(gone), again managed")
        }

        @Test func `the leading etcd member is killed during a switch`() async throws {
            let cluster = try await cluster()
            let leader = try await cluster.etcdLeader("east")
            let old = try await cluster.primary("east")
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    async let switching = cluster.cctrl("east1", "switch")
                    try await Task.sleep(for: .milliseconds(Int.random(in: 20...300)))
                    try await cluster.control(.kill, "\(leader)/etcd")
                    let run = try await switching
                    #expect([0, 1, 3, 4, 5, 6, 7].contains(run.status), "\(run.text)")
                    try await cluster.control(.start, "\(leader)/etcd")
                    try await cluster.whole("east")
                    let primary = try await cluster.primary("east")
                    #expect(await cluster.writable("east") == [primary])
                    if run.status == 0 { #expect(primary != old, "\(run.text)") }
                    if [1, 3].contains(run.status) { #expect(primary == old, "\(run.text)") }
                }
            }
        }

        @Test func `a frozen primary of the other site is no obstacle, and its writes come later`()
            async throws
        {
            let cluster = try await cluster()
            let remote = try await cluster.primary("west")
            try await cluster.done("west1", "set policy maintenance")
            try await cluster.control(.stop, "\(remote)/mysql")
            try await cluster.done("east1", "switch")
            try await cluster.control(.cont, "\(remote)/mysql")
            try await cluster.done("west1", "set policy automatic")
            try await cluster.whole()
            try await cluster.flows(from: "west2", to: "east", "after the frozen primary")
            try await cluster.flows(from: "east2", to: "west", "after the frozen primary, back")
        }

        // MARK: common parts

        /// A session on a host with the table that these tests write to.
        private func prepared(_ cluster: RunningCluster, _ host: String) async throws -> MariaDBSession {
            let session = try cluster.session(host)
            try await session.execute("CREATE OR REPLACE TABLE app.slow (a INT)", deadline: .seconds(20))
            try await session.execute("INSERT INTO app.slow VALUES (1)", deadline: .seconds(20))
            try await cluster.same("SELECT COUNT(*) FROM app.slow")
            return session
        }

        private func runs(_ id: UInt, on host: String, _ cluster: RunningCluster) async throws {
            let look = try cluster.managerSession(host)
            try await eventually("the statement of session \(id) runs") {
                try await look.query(
                    "SELECT 1 FROM information_schema.processlist WHERE id = \(id) AND command = 'Query'"
                ).count == 1
            }
        }
    }
}
