import Glibc
import ServerHarness
import Testing

@testable import EtcdClient

@Suite(.serialized) struct PreferredTests {
    private let endpoints = ["own", "second", "third"]

    @Test func `the own member is asked first again once it has answered, and is tried less and less often`()
    {
        let preferred = Preferred()
        let start = ContinuousClock.now
        #expect(preferred.order(endpoints, triesFirst: true, now: start) == endpoints)
        preferred.leave("own", of: endpoints, now: start)
        let others = ["second", "third", "own"]
        #expect(preferred.order(endpoints, triesFirst: true, now: start) == others)
        let later = start + Preferred.shortest
        // What must not be sent twice is not spent on a trial.
        #expect(preferred.order(endpoints, triesFirst: false, now: later) == others)
        #expect(preferred.order(endpoints, triesFirst: true, now: later) == endpoints)
        preferred.leave("own", of: endpoints, now: later)
        #expect(preferred.order(endpoints, triesFirst: true, now: later + Preferred.shortest) == others)
        #expect(
            preferred.order(endpoints, triesFirst: true, now: later + Preferred.shortest * 2) == endpoints)
        #expect(preferred.isBetter(than: "second", of: endpoints) == false)
        preferred.stay("third", of: endpoints)
        #expect(preferred.order(endpoints, triesFirst: false, now: later) == others)
        preferred.stay("own", of: endpoints)
        #expect(preferred.order(endpoints, triesFirst: false, now: later) == endpoints)
        #expect(preferred.isBetter(than: "second", of: endpoints))
    }

    @Test func `another member that fails is left for the next`() {
        let preferred = Preferred()
        let start = ContinuousClock.now
        preferred.leave("own", of: endpoints, now: start)
        preferred.leave("third", of: endpoints, now: start)
        #expect(preferred.order(endpoints, triesFirst: false, now: start).first == "second")
        preferred.leave("second", of: endpoints, now: start)
        #expect(preferred.order(endpoints, triesFirst: false, now: start).first == "third")
        preferred.leave("third", of: endpoints, now: start)
        #expect(preferred.order(endpoints, triesFirst: false, now: start).first == "own")
    }

    /// A manager whose watch stays with another host's member hears nothing for seconds when that host is cut off.
    @Test func `a watch comes back to the own member, and misses nothing`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.25", "127.9.3.26", "127.9.3.27"])
        var members = try (0..<3).map { try etcd.start($0) }
        try await etcd.withClient { client in
            try await eventually("three members have a leader") {
                (try? await client.status(of: etcd.endpoints[0]).leader).map { $0 != 0 } ?? false
            }
            members[0].signal(SIGKILL)
            try await eventually("another member is preferred") {
                _ = try? await client.get("/w/0")
                return client.preferred.order(etcd.endpoints, triesFirst: false).first != etcd.endpoints[0]
            }
            let other = client.preferred.order(etcd.endpoints, triesFirst: false)[0]
            let index = try #require(etcd.endpoints.firstIndex(of: other))
            let heard = Heard()
            let watching = Task {
                for try await batch in client.watch(prefix: "/w/") {
                    await heard.add(batch.events.map(\.pair.key))
                }
            }
            defer { watching.cancel() }
            try await eventually("the watch stands") { await heard.isOpen }
            members[0] = try etcd.start(0)
            try await eventually("the own member is preferred again") {
                _ = try? await client.get("/w/0")
                return client.preferred.order(etcd.endpoints, triesFirst: false).first == etcd.endpoints[0]
            }
            var written: [String] = []
            for number in 1...20 {
                written.append("/w/\(number)")
                try await client.put("/w/\(number)", [1], deadline: .seconds(5))
                try await Task.sleep(for: .milliseconds(20))
            }
            // The member by which it watched stands still.
            try await members[index].freeze()
            try await client.put("/w/21", [1], deadline: .seconds(5))
            written.append("/w/21")
            let all = written
            try await eventually("everything is heard") { await heard.keys == all }
            members[index].signal(SIGCONT)
        }
    }
}

private actor Heard {
    var keys: [String] = []
    var isOpen = false

    func add(_ more: [String]) {
        isOpen = true
        keys += more
    }
}
