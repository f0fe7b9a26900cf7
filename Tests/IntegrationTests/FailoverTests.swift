import ClusterHarness
import SandboxKit
import ServerHarness
import Testing

extension IntegrationTests {
    @Suite struct FailoverTests {
        @Test func `a failover is refused while the primary serves`() async throws {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            try await cluster.refused(
                "east3", "failover", status: 3, "the primary '\(primary)' has not FAILED")
            let unasked = try await cluster.cctrl("east3", "failover", options: [])
            #expect(unasked.status == 3)
            #expect(unasked.errors.contains("expert-level command"))
            #expect(await cluster.writable("east") == [primary])
        }

        @Test func `a failover after the primary's server was killed under load loses nothing`() async throws
        {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    try await cluster.control(.kill, "\(old)/mysql")
                    try await cluster.listing("east2", "the failed primary") {
                        $0[old].contains("FAILED(DATASERVER")
                    }
                    let run = try await cluster.done("east3", "failover")
                    #expect(run.lastLine.hasPrefix("FAILOVER TO '"))
                    let new = try await cluster.listing("east1", "the new primary") {
                        $0.primaries.count == 1 && $0.primaries != [old]
                    }.primaries[0]
                    try await cluster.control(.start, "\(old)/mysql")
                    try await cluster.listing("east2", "the old primary") {
                        $0[old].contains("SHUNNED(FAILED-OVER-TO-\(new))")
                            && $0[old].contains("DATASERVER(state=ONLINE)")
                    }
                    #expect(await cluster.writable("east") == [new])
                    try await cluster.done("east2", "datasource \(old) recover")
                    try await cluster.whole("east", primary: new)
                }
            }
            try await cluster.identical()
            try await cluster.flows(from: "west2", to: "east", "after a failover")
            try await cluster.flows(from: old, to: "west", "after a failover, over there")
        }

        @Test func `a failover after the primary's whole host has died, and its return`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("west")
            let others = try await cluster.replicas("west")
            // The dead host's router is gone with it: its clients would only wait.
            try await cluster.underLoad("west", routers: others) {
                try await cluster.control(.kill, old)
                try await cluster.listing(others[0], "the dead host") {
                    $0[old].contains("MANAGER(state=STOPPED)") && others.contains($0.coordinator ?? "")
                }
                try await cluster.refused(others[1], "failover", status: 3, "has not FAILED")
                try await cluster.done(others[1], "datasource \(old) fail; failover")
                let new = try await cluster.listing(others[0], "the new primary") {
                    $0.primaries.count == 1 && $0.primaries != [old]
                }.primaries[0]
                try await cluster.control(.start, old)
                try await cluster.listing(others[1], "the old primary") {
                    $0[old].contains("SHUNNED(FAILED-OVER-TO-\(new))")
                        && $0[old].contains("DATASERVER(state=ONLINE)")
                }
                #expect(await cluster.writable("west") == [new])
                try await cluster.done(others[1], "recover")
                try await cluster.whole("west", primary: new)
            }
            try await cluster.identical()
            try await cluster.flows(from: "east2", to: "west", "after the host died")
            try await cluster.flows(from: old, to: "east", "after the host died, over there")
        }

        @Test func `a failover away from a frozen server is refused, and by force leaves one that is routed`()
            async throws
        {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            try await cluster.control(.stop, "\(old)/mysql")
            try await cluster.listing("east2", "the failed primary") { $0[old].contains("FAILED(DATASERVER") }
            let run = try await cluster.cctrl("east3", "failover")
            // It is fenced, or this is refused because that cannot be made sure of.
            #expect(run.status == 3, "\(run.text)")
            #expect(run.errors.contains("could not be fenced"), "\(run.text)")
            let forced = try await cluster.cctrl("east3", "set force true; failover")
            #expect(forced.status == 0 || forced.status == 4, "\(forced.text)")
            let new = try await cluster.listing("east1", "the new primary") {
                $0.primaries.count == 1 && $0.primaries != [old]
            }.primaries[0]
            try await cluster.control(.cont, "\(old)/mysql")
            try await eventually("the old primary is fenced") { await cluster.writable("east") == [new] }
            for router in cluster.hosts(of: "east") {
                #expect(try await cluster.reached(through: router, .write, connections: 1) == [new])
                #expect(try await !cluster.reached(through: router, .read).contains(old))
            }
            try await cluster.done("east2", "datasource \(old) recover")
            try await cluster.whole("east", primary: new)
            try await cluster.flows(from: "west1", to: "east", "after a failover by force")
            try await cluster.identical()
        }
    }
}
