import ClusterHarness
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    /// Parts that stop, are killed or freeze: `ls` tells, and nothing that was confirmed is lost.
    @Suite struct ServiceTests {
        @Test func `a stopped server is FAILED with its reason, and comes back by itself`() async throws {
            let cluster = try await cluster()
            let replica = try await cluster.replicas("east")[1]
            try await cluster.done("east1", "service \(replica)/mysql stop")
            let listing = try await cluster.listing("east2", "the stopped server", seconds: 5) {
                $0[replica].contains("DATASERVER(state=STOPPED)")
                    && $0[replica].contains(":FAILED(DATASERVER")
            }
            #expect(listing[replica].contains("FAILED(DATASERVER '\(replica)@east' STOPPED)"))
            #expect(listing[replica].contains("STATUS [CRITICAL]"))
            let status = try await cluster.cctrl("east1", "service \(replica)/mysql status")
            #expect(status.text.contains("inactive"))
            try await cluster.done("east1", "service \(replica)/mysql start")
            try await cluster.whole("east")
            try await cluster.identical()
        }

        @Test(arguments: ["maintenance", "manual"])
        func `a returned server waits for the operator`(policy: String) async throws {
            let cluster = try await cluster()
            let replica = try await cluster.replicas("east")[1]
            try await cluster.done("east1", "set policy \(policy); service \(replica)/mysql stop")
            let title = policy == "manual" ? ":FAILED(DATASERVER" : "DATASERVER(state=STOPPED)"
            try await cluster.listing("east2", "the stopped server") { $0[replica].contains(title) }
            try await cluster.done("east1", "service \(replica)/mysql start")
            try await cluster.listing("east2", "the running server") {
                $0[replica].contains("DATASERVER(state=ONLINE)")
            }
            if policy == "manual" {
                try await Task.sleep(for: .seconds(4))
                #expect(try await cluster.listing("east2")[replica].contains("(slave:FAILED("))
                try await cluster.done("east1", "datasource \(replica) recover")
                #expect(try await cluster.listing("east2")[replica].contains("(slave:OFFLINE"))
                try await cluster.done("east1", "datasource \(replica) online")
            }
            try await cluster.done("east1", "set policy automatic")
            try await cluster.whole("east")
        }

        @Test func `stopping the primary's server needs force`() async throws {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            try await cluster.refused("east3", "service \(primary)/mysql stop", status: 3, "is the primary")
            #expect(await cluster.writable("east") == [primary])
        }

        @Test(arguments: Component.allCases)
        func `a part of a replica's host that is killed comes back to what it was`(component: Component)
            async throws
        {
            let cluster = try await cluster()
            let replica = try await cluster.replicas("east")[1]
            try await cluster.underLoad("east", clients: 4) {
                try await cluster.control(.kill, "\(replica)/\(component.rawValue)")
                // The server's end is seen; a router without its own manager is not asked.
                if component == .mysql {
                    try await cluster.listing(try await cluster.primary("east"), "the end") {
                        $0[replica].contains("DATASERVER(state=STOPPED)")
                    }
                }
                try await cluster.control(.start, "\(replica)/\(component.rawValue)")
            }
            try await cluster.whole("east")
        }

        @Test func `the primary's server is killed under load, and nothing confirmed is lost`() async throws {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            // Otherwise a replica takes its place.
            try await cluster.done("east1", "set policy manual")
            try await cluster.underLoad("east") {
                try await cluster.control(.kill, "\(primary)/mysql")
                try await cluster.listing(primary, "the end of the server") {
                    $0[primary].contains("FAILED(DATASERVER '\(primary)@east' STOPPED)")
                }
                try await cluster.control(.start, "\(primary)/mysql")
                try await cluster.listing(primary, "the return of the server") {
                    $0[primary].contains("DATASERVER(state=ONLINE)")
                }
                try await cluster.done("east1", "set policy automatic")
                try await cluster.whole("east", primary: primary)
            }
            try await cluster.identical()
        }

        @Test func `another manager takes over when the coordinator's is killed`() async throws {
            let cluster = try await cluster()
            let coordinator = try await cluster.coordinator("east")
            let others = cluster.hosts(of: "east").filter { $0 != coordinator }
            try await cluster.underLoad("east", clients: 2) {
                try await cluster.control(.kill, "\(coordinator)/manager")
                try await cluster.listing(others[0], "another coordinator") {
                    others.contains($0.coordinator ?? "")
                        && $0[coordinator].contains("MANAGER(state=STOPPED)")
                }
            }
            try await cluster.done(others[1], "set policy automatic")
            try await cluster.control(.start, "\(coordinator)/manager")
            try await cluster.whole("east")
        }

        @Test(arguments: [40, 150, 300, 600, 1000])
        func `the coordinator's manager is killed in the middle of a switch`(milliseconds: Int) async throws {
            let cluster = try await cluster()
            let coordinator = try await cluster.coordinator("east")
            let hosts = cluster.hosts(of: "east")
            let other = try #require(hosts.first { $0 != coordinator })
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    async let switching = cluster.cctrl(other, "switch")
                    try await Task.sleep(for: .milliseconds(milliseconds))
                    try await cluster.control(.kill, "\(coordinator)/manager")
                    let run = try await switching
                    // It had ended before, or its caller is told that the outcome is not known, or that it did not happen.
                    #expect([0, 1, 3, 4, 5, 7].contains(run.status), "\(run.text)")
                    try await eventually("one writable server") { await cluster.writable("east").count == 1 }
                    try await cluster.control(.start, "\(coordinator)/manager")
                    try await cluster.whole("east", seconds: 30)
                    #expect(await cluster.writable("east") == [try await cluster.primary("east")])
                }
            }
        }
    }
}
