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

        @Test func `under MANUAL a dead primary waits for the command, and nothing is lost`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            try await cluster.done("east1", "set policy manual")
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    try await cluster.control(.kill, "\(old)/mysql")
                    try await cluster.listing("east2", "the failed primary") {
                        $0[old].contains("FAILED(DATASERVER")
                    }
                    let run = try await cluster.done("east3", "failover")
                    #expect(run.lastLine.hasPrefix("FAILOVER TO '"))
                    let new = try await cluster.newPrimary("east", insteadOf: old)
                    try await cluster.control(.start, "\(old)/mysql")
                    try await cluster.listing("east2", "the old primary") {
                        $0[old].contains("SHUNNED(FAILED-OVER-TO-\(new))")
                            && $0[old].contains("DATASERVER(state=ONLINE)")
                    }
                    #expect(await cluster.writable("east") == [new])
                    // Now the rules may make it a replica, and they do.
                    try await cluster.done("east2", "set policy automatic")
                    try await cluster.whole("east", primary: new)
                }
            }
            try await cluster.identical()
            try await cluster.flows(from: "west2", to: "east", "after a failover")
            try await cluster.flows(from: old, to: "west", "after a failover, over there")
        }

        @Test func `etcd is led by another host than the primary, after a switch too`() async throws {
            let cluster = try await cluster()
            for _ in 0..<2 {
                try await eventually("a replica's member leads", within: .seconds(60)) {
                    guard let leader = try? await cluster.etcdLeader("east") else { return false }
                    return try await cluster.primary("east") != leader
                }
                let leader = try await cluster.etcdLeader("east")
                try await cluster.done("east1", "switch to \(leader)")
                try await cluster.whole("east", primary: leader)
            }
        }

        @Test func `a killed primary is replaced, and comes back as a replica`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    try await cluster.control(.kill, "\(old)/mysql")
                    let new = try await cluster.newPrimary("east", insteadOf: old)
                    try await cluster.control(.start, "\(old)/mysql")
                    try await cluster.whole("east", primary: new)
                }
            }
            try await cluster.identical()
        }

        @Test func `a frozen primary is killed and replaced, and comes back as a replica`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("east")
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    try await cluster.control(.stop, "\(old)/mysql")
                    let new = try await cluster.newPrimary("east", insteadOf: old)
                    for router in cluster.hosts(of: "east") {
                        #expect(try await cluster.reached(through: router, .write, connections: 1) == [new])
                    }
                    // Its manager has killed it, and has started it again.
                    try await cluster.whole("east", primary: new)
                }
            }
            try await cluster.flows(from: "west1", to: "east", "after the freeze")
            try await cluster.identical()
        }

        @Test func `a primary's host that dies is replaced, and comes back as a replica`() async throws {
            let cluster = try await cluster()
            let old = try await cluster.primary("west")
            let others = try await cluster.replicas("west")
            // The dead host's router is gone with it: its clients would only wait.
            try await cluster.underLoad("west", routers: others) {
                try await cluster.control(.kill, old)
                let new = try await cluster.newPrimary("west", insteadOf: old)
                try await cluster.control(.start, old)
                try await cluster.whole("west", primary: new)
            }
            try await cluster.identical()
            try await cluster.flows(from: "east2", to: "west", "after the host died")
            try await cluster.flows(from: old, to: "east", "after the host died, over there")
        }

        @Test func `a manager that is frozen and thawed, and one that dies, move no primary`() async throws {
            let cluster = try await cluster()
            let primary = try await cluster.primary("east")
            let other = try await cluster.replicas("east")[0]
            try await cluster.underLoad("east") {
                try await cluster.oneWriter("east") {
                    try await cluster.control(.stop, "\(primary)/manager")
                    try await cluster.listing(other, "the manager is gone") {
                        $0[primary].contains("MANAGER(state=STOPPED)")
                            && $0[primary].contains("DATASERVER(state=ONLINE)")
                    }
                    try await cluster.control(.cont, "\(primary)/manager")
                    try await cluster.whole("east", primary: primary)
                    try await cluster.control(.kill, "\(primary)/manager")
                    try await cluster.listing(other, "the manager is gone again") {
                        $0[primary].contains("MANAGER(state=STOPPED)")
                    }
                    try await cluster.control(.start, "\(primary)/manager")
                    try await cluster.whole("east", primary: primary)
                }
            }
            try await cluster.identical()
        }

        @Test func `without a majority the primary closes, and opens again with it`() async throws {
            let cluster = try await cluster()
            let primary = try await cluster.primary("west")
            let replicas = try await cluster.replicas("west")
            for replica in replicas { try await cluster.control(.stop, "\(replica)/etcd") }
            try await eventually("nobody takes writes") { await cluster.writable("west").isEmpty }
            let shown = try await cluster.cctrl(primary, "ls")
            #expect(shown.text.contains("SHUNNED(FAILSAFE_SHUN)"), "\(shown.text)")
            for replica in replicas { try await cluster.control(.cont, "\(replica)/etcd") }
            // What was last published before looks whole; the routers themselves tell when they are open again.
            for router in cluster.hosts(of: "west") {
                try await eventually("the router of \(router) is open") {
                    (try? await cluster.reached(through: router, .write, connections: 1))?.isEmpty == false
                }
            }
            try await eventually("one takes writes again") { await cluster.writable("west").count == 1 }
            try await cluster.whole("west")
            try await cluster.flows(from: "west1", to: "east", "after the majority came back")
            try await cluster.identical()
        }
    }
}

extension RunningCluster {
    /// Waits until another data source than `old` is the primary and takes writes.
    fileprivate func newPrimary(_ site: String, insteadOf old: String) async throws -> String {
        let asked = hosts(of: site).filter { $0 != old }[0]
        let new = try await listing(asked, "a new primary instead of \(old)") {
            $0.primaries.count == 1 && $0.primaries != [old]
        }.primaries[0]
        try await eventually("\(new) takes writes") { await writable(site) == [new] }
        return new
    }
}
