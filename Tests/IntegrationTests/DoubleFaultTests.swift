import ClusterHarness
import MariaDBClient
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    /// One fault upon the other: what is still possible, what is refused, and what comes back by itself.
    @Suite struct DoubleFaultTests {
        @Test func `both replicas die, then the primary's etcd, then the primary, twice; nothing is lost`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            let asked = replicas[0]
            try await cluster.flows(from: primary, to: "west", "double: before")
            try await cluster.oneWriter("east") {
                try await cluster.bothReplicasDie(primary, replicas)

                // The primary's etcd hangs: the other two are a majority, and its host keeps the writer's lease.
                try await cluster.control(.stop, "\(primary)/etcd")
                try await cluster.mark("double: without its etcd", at: primary)
                #expect(await cluster.writable("east") == [primary])

                try await cluster.primaryDiesAlone(primary, asked: asked)

                // One replica is back: it may lack what the primary alone was sure of, so nothing has changed.
                try await cluster.control(.start, "\(asked)/mysql")
                try await cluster.listing(asked, "one replica's server serves") {
                    $0[asked].contains("DATASERVER(state=ONLINE)")
                }
                try await cluster.refused(asked, "failover", status: 3, "without a second copy since")
                #expect(await cluster.writable("east").isEmpty)

                // The primary returns: it opens, the replica fetches what exists once, and the exception is over.
                try await cluster.control(.start, "\(primary)/mysql")
                try await cluster.listing(asked, "everything exists twice again", seconds: 60) {
                    $0[primary].contains("(master:ONLINE") && $0[primary].contains("ETCD MEMBER")
                        && !$0[primary].contains("COPY") && !$0[primary].contains("NOT OPEN")
                        && $0[asked].contains("(slave:ONLINE")
                }
                try await cluster.mark("double: with one copy", at: primary)

                // Now its death loses nothing, and the managers know that.
                try await cluster.control(.kill, "\(primary)/mysql")
                try await cluster.listing(asked, "the only replica is the primary") {
                    $0.primaries == [asked] && $0[primary].contains("SHUNNED(FAILED-OVER-TO-\(asked))")
                }
                try await cluster.mark("double: after the failover", at: asked)
            }
            try await cluster.control(.cont, "\(primary)/etcd")
            for host in [primary, replicas[1]] { try await cluster.control(.start, "\(host)/mysql") }
            try await cluster.whole("east", primary: asked)
            let marks = try await cluster.same(
                "SELECT mark FROM app.marks WHERE mark LIKE 'double: %' ORDER BY mark")
            #expect(
                marks.split(separator: "\n") == [
                    "double: after the failover", "double: alone", "double: before", "double: with one copy",
                    "double: without its etcd",
                ])
            try await cluster.flows(from: "west1", to: "east", "after the double fault")
            try await cluster.identical()
        }
    }
}

extension RunningCluster {
    /// Commits wait, and then the site goes on alone by decision.
    fileprivate func bothReplicasDie(_ primary: String, _ replicas: [String]) async throws {
        for replica in replicas { try await control(.kill, "\(replica)/mysql") }
        try await listing(primary, "commits wait, or the decision") {
            $0[primary].contains("NO REPLICA CONFIRMS: COMMITS WAIT")
                || $0[primary].contains("NO SECOND COPY")
        }
        // Acknowledged only once the site has decided to go on.
        try await mark("double: alone", at: primary)
        let listing = try await listing(primary, "the decision") {
            $0[primary].contains("NO SECOND COPY: COMMITS DO NOT WAIT")
        }
        #expect(listing[primary].contains("(master:ONLINE") && listing[primary].contains("DIMINISHED"))
        for replica in replicas { #expect(listing[replica].contains("FAILED(DATASERVER")) }
        let history = try await done(primary, "history")
        #expect(history.text.contains("goes on without a second copy"), "\(history.text)")
        let why = try await done(primary, "why no failover")
        #expect(why.text.contains("without a second copy"), "\(why.text)")
        try await refused(replicas[0], "switch", status: 3, "no replica can become the primary", "STOPPED")
        try await refused(replicas[0], "failover", status: 3, "the primary '\(primary)' has not FAILED")
        #expect(await writable("east") == [primary])
    }

    /// What was acknowledged while the site was alone may be there only: no rule and no command promotes anybody.
    fileprivate func primaryDiesAlone(_ primary: String, asked: String) async throws {
        try await control(.kill, "\(primary)/mysql")
        try await listing(asked, "the failed primary") {
            $0[primary].contains("(master:FAILED(DATASERVER '\(primary)@east' STOPPED)")
        }
        try await refused(
            asked, "failover", status: 3, "what was acknowledged since then may be on the primary",
            "bring \(primary) back")
        let why = try await done(asked, "why no failover")
        #expect(why.text.contains("the site ran without a second copy"), "\(why.text)")
        #expect(await writable("east").isEmpty)
    }

    /// A row that a client was told is safe.
    ///
    /// Tried anew where the server refuses it. The member of etcd that hangs may have led: an election that outlasts
    /// the writer's permit closes the server until there is a leader, and nobody else is promoted.
    fileprivate func mark(_ mark: String, at host: String) async throws {
        try await eventually("'\(mark)' is taken at \(host)") {
            do {
                try await session(host).execute(
                    "INSERT INTO app.marks VALUES ('\(mark)')", deadline: .seconds(60))
                return true
            } catch let error as MariaDBError where error.code == .readOnly {
                return false
            }
        }
    }
}
