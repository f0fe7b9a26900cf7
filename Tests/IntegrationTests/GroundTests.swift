import ClusterHarness
import MariaDBClient
import SandboxKit
import ServerHarness
import SiteConfiguration
import Testing

extension IntegrationTests {
    /// Certificates that end, and clocks that somebody sets: neither is a failure of a server.
    @Suite struct GroundTests {
        @Test func `a clock that is set forward by an hour and back moves nothing, and is told`() async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.replicas("west")[0]
            let other = try await cluster.replicas("west")[1]
            // From now on its processes look at a clock that can be set.
            try await cluster.setClock(primary, ahead: 0)
            for part in ["mysql", "manager"] { try await cluster.control(.kill, "\(primary)/\(part)") }
            try await cluster.control(.start, primary)
            try await cluster.whole("west")
            // `ls` may show what its last manager had reported; a switch asks anew, and may find that it has only begun.
            // Where it opens its server when it has its lease, that is a follow-up.
            try await eventually("a switch to it is accepted") {
                [0, 4].contains(try await cluster.cctrl(other, "switch to \(primary)").status)
            }
            try await cluster.whole("west", primary: primary)
            let before = try await cluster.serverTime(primary)
            try await cluster.underLoad("west") {
                try await cluster.oneWriter("west") {
                    try await cluster.setClock(primary, ahead: 3600)
                    // The clock itself: an hour, and what the test has taken.
                    let jump = try await cluster.serverTime(primary) - before
                    #expect((3600...3660).contains(jump), "\(jump)")
                    let listing = try await cluster.listing(other, "the clock that is ahead", seconds: 60) {
                        $0[primary].contains("CLOCK 36") && $0[primary].contains("s AHEAD OF THE OTHERS")
                    }
                    #expect(
                        listing[primary].contains("(master:ONLINE")
                            && listing[primary].contains("STATUS [WARN]"))
                    let validate = try await cluster.done(other, "cluster validate")
                    #expect(validate.text.contains("PROBLEM: \(primary): CLOCK 36"), "\(validate.text)")
                    try await cluster.setClock(primary, ahead: 0)
                    try await cluster.whole("west", primary: primary)
                }
            }
            let history = try await cluster.done(other, "history")
            // Newest first; what stands before the switch came after it.
            let lines = history.output.split(separator: "\n").dropFirst()
            let since = lines.prefix { !$0.contains("switch to \(primary)") }
            #expect(
                since.count < lines.count && since.allSatisfy { !$0.contains("failover") }, "\(history.text)")
            try await cluster.flows(from: "east1", to: "west", "after the clock was set")
            try await cluster.identical()
        }

        @Test
        func `the primary's certificate expires: nothing moves, it is told, and a renewed one is taken up`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let others = try await cluster.replicas("east")
            let path = try cluster.paths(primary).certificate
            let shown = try await cluster.shownEnd(primary)
            try await cluster.renew(primary, days: 10)
            try await cluster.listing(others[0], "the warning") {
                $0[primary].contains("STATUS [WARN]") && $0[primary].contains("CERTIFICATE EXPIRES 20")
            }
            try await eventually("the server shows the new certificate") {
                (try? await cluster.shownEnd(primary)) != shown
            }
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    // A manager that begins with an expired one is believed by nobody, its own server included.
                    try await cluster.renew(primary, days: nil)
                    try await cluster.control(.kill, "\(primary)/manager")
                    try await cluster.control(.start, "\(primary)/manager")
                    let listing = try await cluster.listing(others[0], "the expired certificate") {
                        $0[primary].contains("DATASERVER(state=UNKNOWN)")
                            && $0[primary].contains("CERTIFICATE EXPIRED 20")
                    }
                    #expect(listing[primary].contains("(master:ONLINE"), "\(listing)")
                    let validate = try await cluster.done(others[0], "cluster validate")
                    #expect(
                        validate.text.contains("PROBLEM: \(primary): CERTIFICATE EXPIRED")
                            && validate.text.contains(path), "\(validate.text)")
                    let why = try await cluster.done(others[0], "why \(primary)")
                    #expect(why.text.contains("renewed certificate"), "\(why.text)")
                    let refused = try await cluster.cctrl(primary, "ls")
                    #expect(refused.status == 8 && refused.errors.contains("has expired"), "\(refused.text)")
                    #expect(await cluster.writable("east") == [primary])
                }
            }
            try await cluster.serverRestarts(primary, others: others)
            try await cluster.flows(from: primary, to: "west", "after the certificate")
            try await cluster.identical()
        }
    }
}

extension RunningCluster {
    fileprivate func setClock(_ host: String, ahead seconds: Double) async throws {
        let (sandbox, name) = (sandbox, try name(host))
        try await besideTasks { try sandbox.setClock(name, ahead: seconds) }
    }

    /// Seconds since 1970, as the server counts them.
    fileprivate func serverTime(_ host: String) async throws -> Int {
        try #require(Int(try await answer(host, .server, "SELECT UNIX_TIMESTAMP()")))
    }

    fileprivate func renew(_ host: String, days: Int?) async throws {
        let (sandbox, name) = (sandbox, try name(host))
        try await besideTasks { try sandbox.renewCertificate(of: name, days: days) }
    }

    /// When the certificate ends that the server shows.
    fileprivate func shownEnd(_ host: String) async throws -> String {
        let rows = try await managerSession(host).query(
            "SHOW STATUS LIKE 'Ssl_server_not_after'", deadline: .seconds(10))
        return rows.first?[1] ?? ""
    }

    /// The server dies while its certificate is expired: another takes over, and it is let in again with a new one.
    fileprivate func serverRestarts(_ old: String, others: [String]) async throws {
        try await control(.kill, "\(old)/mysql")
        let new = try await listing(others[0], "a new primary") {
            $0.primaries.count == 1 && $0.primaries != [old]
        }.primaries[0]
        try await control(.start, "\(old)/mysql")
        try await listing(others[0], "the old primary, which nobody believes") {
            $0[old].contains("SHUNNED(FAILED-OVER-TO-\(new))")
                && $0[old].contains("DATASERVER(state=UNKNOWN)") && $0[old].contains("CERTIFICATE EXPIRED")
        }
        #expect(await writable("east") == [new])
        try await renew(old, days: 825)
        try await listing(others[0], "the new certificate's file") {
            !$0[old].contains("CERTIFICATE EXPIRED") && $0[old].contains("SHUNNED(FAILED-OVER-TO-")
        }
        // The server itself still shows what it was started with.
        try await done(others[0], "service \(old)/mysql restart")
        try await whole("east", primary: new)
    }
}
