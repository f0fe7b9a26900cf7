import AdminProtocol
import ClusterModel
import ClusterTestKit
import Manager
import Planning
import Testing

/// What the managers do without being asked.
@Suite struct AutomaticTests {
    @Test(arguments: [false, true])
    func `a primary that dies or hangs is replaced, and comes back as a replica`(hangs: Bool) async throws {
        try await TestSite.with { site in
            let last = try site.write(by: "east2")
            try site.servers.change("east1") { hangs ? $0.hangs = true : $0.stop() }
            try await eventually("another takes writes") {
                ["east2", "east3"].contains { site.servers[$0]?.readOnly == false }
            }
            let new: HostName = site.servers["east2"]?.readOnly == false ? "east2" : "east3"
            #expect(site.servers[new]?.log[1]?.contains(last) == true)
            try await eventually("the old primary is set aside") {
                site["east2"].board.snapshot.record(of: "east1").reason == "FAILED-OVER-TO-\(new)"
            }
            try site.servers.change("east1") { $0.start() }
            try await site.settles(on: new)
            #expect(site.lost(on: "east1").isEmpty)
            let authors = site["east2"].board.journal.newestFirst.prefix(3).map(\.by)
            #expect(authors.allSatisfy { $0 == OperationRecord.rules })
        }
    }

    @Test(arguments: [Policy.manual, .maintenance])
    func `under other policies nobody is promoted`(policy: Policy) async throws {
        try await TestSite.with(policy: policy) { site in
            try site.servers.change("east1") { $0.stop() }
            try await eventually("it is seen") {
                site.hosts.allSatisfy { $0.board.snapshot.reports["east1"]?.server.state == .stopped }
            }
            try await Task.sleep(for: .seconds(2))
            #expect(site.servers["east2"]?.readOnly == true && site.servers["east3"]?.readOnly == true)
            let state = site["east2"].board.snapshot.record(of: "east1").state
            #expect(state == (policy == .manual ? .failed : .online))
        }
    }

    @Test func `a lost manager is no lost primary`() async throws {
        try await TestSite.with { site in
            site.network.cut("east1")
            site.etcd.cut("east1")
            try await eventually("its server is closed, for nobody confirms its lease") {
                site.servers["east1"]?.readOnly == true
            }
            #expect(site["east1"].router.state.accepts == false)
            site.etcd.cut("east1", false)
            site.network.cut("east1", false)
            try await site.settles(on: "east1")
        }
    }

    @Test func `commits wait, then the site goes on alone, and ends that by itself`() async throws {
        try await TestSite.with { site in
            for host: HostName in ["east2", "east3"] { try site.servers.change(host) { $0.stop() } }
            try await eventually("the site has decided") {
                site["east1"].board.snapshot.records.alone != nil && site.servers["east1"]?.semiSync == false
            }
            _ = try site.write(by: "east1")
            // Now a failover could lose that write: none begins by itself.
            try site.servers.change("east2") { $0.start() }
            try await eventually("two copies again") {
                site["east1"].board.snapshot.records.alone == nil && site.servers["east1"]?.semiSync == true
            }
            try site.servers.change("east3") { $0.start() }
            try await site.settles(on: "east1")
            #expect(site.lost(on: "east2").isEmpty)
        }
    }

    @Test func `no failover by itself while a write may exist only once`() async throws {
        try await TestSite.with { site in
            for host: HostName in ["east2", "east3"] { try site.servers.change(host) { $0.stop() } }
            try await eventually("the site has decided") { site["east1"].board.snapshot.records.alone != nil }
            // Both at once: the replica comes back when the only one that has everything is gone.
            try site.servers.change("east1") { $0.stop() }
            try site.servers.change("east2") { $0.start() }
            try await eventually("the replica is seen") {
                site["east3"].board.snapshot.reports["east2"]?.server.state == .online
                    && site["east3"].board.snapshot.record(of: "east1").state == .failed
            }
            try await Task.sleep(for: .seconds(2))
            #expect(site.servers["east2"]?.readOnly == true)
            let refusal = await #expect(throws: Refusal.self) {
                try await site.command(FailoverCall(target: nil))
            }
            #expect(refusal?.code == .wouldLoseWrites)
        }
    }
}
