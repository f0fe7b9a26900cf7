import ClusterHarness
import MariaDBClient
import ServerHarness
import Testing

extension IntegrationTests {
    /// Commands on data sources, routers and replicators, judged by what connections and servers show.
    @Suite struct TrafficTests {
        /// Every router of east sends reads to exactly these servers, when a command has ended.
        private func reads(_ cluster: RunningCluster, _ wanted: [String], _ when: String) async throws {
            for router in cluster.hosts(of: "east") {
                let reached = try await cluster.reached(through: router, .read)
                #expect(reached == Set(wanted), "\(when): \(router) reads from \(reached.sorted())")
            }
        }

        @Test(arguments: [
            ("shun", "recover"), ("shun", "welcome"), ("fail", "recover"), ("offline", "online"),
        ])
        func `a data source that is set aside gets no traffic from any router`(away: String, back: String)
            async throws
        {
            let cluster = try await cluster()
            let replicas = try await cluster.replicas("east")
            // AUTOMATIC would bring an OFFLINE one back by itself.
            if away == "offline" { try await cluster.done("east1", "set policy manual") }
            try await reads(cluster, replicas, "before")
            try await cluster.done("east2", "datasource \(replicas[1]) \(away)")
            try await reads(cluster, [replicas[0]], "after \(away)")
            let word = [
                "shun": "SHUNNED(MANUALLY-SHUNNED)", "fail": "FAILED(MANUALLY-FAILED)", "offline": "OFFLINE",
            ]
            let listing = try await cluster.listing("east3")
            #expect(listing[replicas[1]].contains("(slave:\(word[away] ?? "?")"))
            // Its replication goes on all the same.
            try await cluster.flows(from: "east1", to: "east", "while \(away) \(back)")
            try await cluster.done("east3", "datasource \(replicas[1]) \(back)")
            try await reads(cluster, replicas, "after \(back)")
            if away == "offline" { try await cluster.done("east1", "set policy automatic") }
            try await cluster.whole("east")
        }

        @Test func `AUTOMATIC brings an offline data source back by itself`() async throws {
            let cluster = try await cluster()
            let replicas = try await cluster.replicas("east")
            let run = try await cluster.done("east1", "datasource \(replicas[0]) offline")
            #expect(run.output.contains("policy AUTOMATIC"))
            try await cluster.whole("east")
            try await reads(cluster, replicas, "after a while")
        }

        @Test func `shunning the primary needs force, and then takes the writes away until it is welcomed`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            try await cluster.refused(
                "east1", "datasource \(primary) shun", status: 3, "is the primary", "set force true")
            #expect(await cluster.accepts("east2"))
            try await cluster.done("east1", "set force true; datasource \(primary) shun")
            for router in cluster.hosts(of: "east") { #expect(await !cluster.accepts(router)) }
            try await cluster.done("east1", "set force true; datasource \(primary) welcome")
            for router in cluster.hosts(of: "east") {
                try await eventually("writes through \(router)") { await cluster.accepts(router) }
            }
            try await cluster.whole("east", primary: primary)
        }

        @Test func `routers refuse and accept, all or one`() async throws {
            let cluster = try await cluster()
            let hosts = cluster.hosts(of: "east")
            try await cluster.done("east3", "router * offline")
            for router in hosts {
                #expect(await !cluster.accepts(router, .write))
                #expect(await !cluster.accepts(router, .read))
            }
            #expect(try await cluster.listing("east2").router("east1").contains("(OFFLINE"))
            #expect(await cluster.accepts("west1"))
            try await cluster.done("east1", "router * online; router east1 offline")
            #expect(await !cluster.accepts("east1"))
            #expect(await cluster.accepts("east2"))
            #expect(await cluster.accepts("east3", .read))
            try await cluster.done("east2", "router connector@east1 online")
            #expect(await cluster.accepts("east1"))
            try await cluster.whole("east")
        }

        @Test func `a stopped replicator has stopped threads, and stays so under MAINTENANCE`() async throws {
            let cluster = try await cluster()
            let replica = try await cluster.replicas("east")[1]
            try await cluster.done("east1", "set policy maintenance; replicator \(replica) offline")
            #expect(try await threads(of: replica, cluster) == "No No")
            // Longer than the pause after which AUTOMATIC would act.
            try await Task.sleep(for: .seconds(4))
            #expect(try await threads(of: replica, cluster) == "No No")
            #expect(try await cluster.listing("east1")[replica].contains("state=OFFLINE"))
            try await cluster.done("east2", "replicator \(replica) online")
            #expect(try await threads(of: replica, cluster) == "Yes Yes")
            try await cluster.done("east1", "set policy automatic")
            try await cluster.whole("east")
        }

        private func threads(of host: String, _ cluster: RunningCluster) async throws -> String {
            let rows = try await cluster.managerSession(host).query("SHOW ALL SLAVES STATUS")
            let local = try #require(rows.first { $0["Connection_name"] == "" })
            return "\(local["Slave_IO_Running"] ?? "") \(local["Slave_SQL_Running"] ?? "")"
        }

        @Test func `a row arrives on the other site, and a heartbeat tells who has it`() async throws {
            let cluster = try await cluster()
            for host in cluster.hosts() {
                let other = host.hasPrefix("east") ? "west" : "east"
                try await cluster.flows(from: host, to: other, "from \(host)")
            }
            let beat = try await cluster.done("west3", "cluster heartbeat")
            #expect(beat.output.contains("APPLIED BY 2 REPLICAS"))
            let valid = try await cluster.done("east2", "cluster validate")
            #expect(valid.output.contains("VALIDATION STATUS=VALID CLUSTER"))
        }
    }
}
