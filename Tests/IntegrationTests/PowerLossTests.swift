import ClusterHarness
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    /// A whole site loses its power.
    @Suite struct PowerLossTests {
        @Test
        func `replicas that are back without their primary are not promoted, and it goes on when it is back`()
            async throws
        {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let replicas = try await cluster.replicas("east")
            try await cluster.flows(from: primary, to: "west", "power: before")
            // Nobody is to see another go.
            for host in [primary] + replicas { try await cluster.control(.kill, "\(host)/manager") }
            for host in [primary] + replicas { try await cluster.control(.kill, host) }
            for host in replicas { try await cluster.control(.start, host) }

            let asked = replicas[0]
            try await cluster.listing(asked, "the primary is missed", seconds: 60) {
                $0[primary].contains("(master:FAILED")
            }
            // What the replicas had received may have been acknowledged, and they have forgotten it.
            try await cluster.refused(
                asked, "failover", status: 3, "started after the primary was last seen to take writes")
            #expect(await cluster.writable("east").isEmpty)

            try await cluster.control(.start, primary)
            try await cluster.whole("east", primary: primary, seconds: 120)
            try await cluster.flows(from: replicas[1], to: "west", "power: after")
            try await cluster.identical()
        }
    }
}
