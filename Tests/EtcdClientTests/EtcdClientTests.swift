import Glibc
import ServerHarness
import Testing

@testable import EtcdClient

/// One test after the other: each starts servers of its own, and deadlines are part of what is tested.
@Suite(.serialized)
struct EtcdClientTests {
    @Test func `keys are written, read, compared and removed`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.1"])
        let member = try etcd.start(0)
        try await etcd.withClient { client in
            #expect(try await client.get("/a") == nil)
            let value: [UInt8] = [0, 255, 10, 34]
            let revision = try await client.put("/a", value)
            let pair = try #require(try await client.get("/a"))
            #expect(pair.value == value && pair.modRevision == revision && pair.createRevision == revision)
            try await client.put("/b/1", [1])
            try await client.put("/b/2", [])
            try await client.put("/b0", [9])
            let range = try await client.range(prefix: "/b/")
            #expect(range.pairs.map(\.key) == ["/b/1", "/b/2"])
            #expect(range.pairs[1].value.isEmpty)
            #expect(range.revision == revision + 3)
            #expect(try await client.range(prefix: "/b/", serializable: true).pairs.count == 2)

            let won = try await client.transaction(
                compare: [.exists("/lock", false)], success: [.put("/lock", [1])], failure: [.get("/lock")])
            #expect(won.succeeded && won.replies == [.put])
            let lost = try await client.transaction(
                compare: [.exists("/lock", false)], success: [.put("/lock", [2])], failure: [.get("/lock")])
            #expect(!lost.succeeded && lost.pairs.map(\.value) == [[1]])
            #expect(lost.pairs[0].createRevision == won.revision)
            let guarded = try await client.transaction(
                compare: [
                    .createRevision("/lock", equals: won.revision),
                    .modRevision("/lock", equals: won.revision),
                    .value("/lock", equals: [1]), .exists("/lock", true),
                ],
                success: [.put("/c", [3]), .delete("/a"), .deletePrefix("/b/"), .getPrefix("/")])
            #expect(guarded.succeeded)
            #expect(
                guarded.replies.count == 4 && guarded.replies[1] == .deleted(1)
                    && guarded.replies[2] == .deleted(2))
            #expect(guarded.pairs.map(\.key) == ["/b0", "/c", "/lock"])
            #expect(try await client.delete("/c") == 1)
            #expect(try await client.delete("/c") == 0)
            #expect(try await client.delete(prefix: "/") == 2)
            #expect(try await client.range(prefix: "").pairs.isEmpty)

            let status = try await client.status(of: client.target.endpoints[0])
            #expect(status.version.hasPrefix("3.") && status.leader == status.member && status.errors.isEmpty)
            let members = try await client.members()
            #expect(members.map(\.name) == ["m0"] && members[0].id == status.member)
        }
        #expect(member.isRunning)
    }

    @Test func `a lease keeps its keys while it is renewed, and its end is told`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.2"])
        let member = try etcd.start(0)
        try await etcd.withClient { client in
            let lease = try await client.grantLease(seconds: 2)
            try await client.put("/up", [1], lease: lease.id)
            #expect(try await client.get("/up")?.lease == lease.id)
            for _ in 0..<6 {
                try await Task.sleep(for: .milliseconds(500))
                #expect(try await client.keepAlive(lease.id).seconds == lease.seconds)
            }
            #expect(try await client.get("/up") != nil)
            #expect(try #require(try await client.timeToLive(of: lease.id)) <= lease.seconds)
            try await client.revoke(lease.id)
            #expect(try await client.timeToLive(of: lease.id) == nil)
            try await client.revoke(lease.id)
            #expect(try await client.get("/up") == nil)
            await #expect(throws: EtcdError.leaseNotFound) { try await client.keepAlive(lease.id) }
            await #expect(throws: EtcdError.leaseNotFound) {
                try await client.put("/x", [1], lease: lease.id)
            }
        }
        #expect(member.isRunning)
    }

    @Test func `a watch sees every change once, also from a revision of the past`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.3"])
        let member = try etcd.start(0)
        try await etcd.withClient { client in
            let first = try await client.put("/w/a", [1])
            try await client.put("/other", [1])
            let stream = client.watch(prefix: "/w/", from: first)
            let count = 200
            async let writing: Void = {
                for number in 0..<count {
                    try await client.put(
                        "/w/\(number)", Array(repeating: 7, count: 3000), deadline: .seconds(60))
                }
                try await client.delete("/w/a", deadline: .seconds(60))
            }()
            var events: [EtcdEvent] = []
            for try await batch in stream {
                events += batch.events
                if events.last?.kind == .delete { break }
            }
            try await writing
            #expect(events.count == count + 2)
            #expect(events.map(\.pair.modRevision) == events.map(\.pair.modRevision).sorted())
            #expect(events.dropFirst().dropLast().allSatisfy { $0.pair.value.count == 3000 })
            #expect(events.last?.key == "/w/a")
        }
        #expect(member.isRunning)
    }

    @Test func `a watch ends with an error when its member goes, or when it hears nothing`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.4"])
        let member = try etcd.start(0)
        try await etcd.withClient { client in
            await #expect(throws: EtcdError.self) {
                for try await batch in client.watch(prefix: "/", silence: .milliseconds(300)) {
                    #expect(batch.events.isEmpty)
                }
            }
            await #expect(throws: EtcdError.self) {
                for try await _ in client.watch(prefix: "/") { member.signal(SIGKILL) }
            }
            do {
                _ = try await client.get("/a", deadline: .milliseconds(400))
                Issue.record("a killed member answered")
            } catch EtcdError.unreachable {
                // As it should be.
            }
        }
    }

    @Test func `the leader hands its role to a member that is named, and another cannot`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.12", "127.9.3.13", "127.9.3.14"])
        let members = try (0..<3).map { try etcd.start($0) }
        try await etcd.withClient { client in
            try await eventually("three members have a leader") {
                (try? await client.status(of: etcd.endpoints[0]).leader).map { $0 != 0 } ?? false
            }
            let names = try await client.members(deadline: .seconds(5))
            let leader = try await client.status(of: etcd.endpoints[0], deadline: .seconds(5)).leader
            func endpoint(_ member: EtcdMember) throws -> String {
                etcd.endpoints[try #require(Int(member.name.dropFirst()))]
            }
            let old = try #require(names.first { $0.id == leader })
            let heir = try #require(names.first { $0.id != leader })
            await #expect(throws: EtcdError.self) {
                try await client.transferLeadership(
                    from: try endpoint(heir), to: old.id, deadline: .seconds(5))
            }
            try await client.transferLeadership(from: try endpoint(old), to: heir.id, deadline: .seconds(20))
            let now = try await client.status(of: try endpoint(heir), deadline: .seconds(5)).leader
            #expect(now == heir.id)
            try await client.put("/a", [1], deadline: .seconds(5))
        }
        for member in members { #expect(member.isRunning) }
    }

    @Test func `another member answers when one hangs or is gone, and a lost transaction is said to be lost`()
        async throws
    {
        let etcd = try TestEtcd(addresses: ["127.9.3.5", "127.9.3.6", "127.9.3.7"])
        let members = try (0..<3).map { try etcd.start($0) }
        try await etcd.withClient { client in
            try await eventually("three members have a leader") {
                let reached = try? await client.members().count
                return reached == 3
            }
            let leader = try await client.status(of: etcd.endpoints[0], deadline: .seconds(5)).leader
            let followers = try await client.members(deadline: .seconds(5)).filter { $0.id != leader }
            let follower = try #require(followers.first)
            let index = try #require(Int(follower.name.dropFirst()))
            // The client's preferred member is frozen: its connections stay open and silent.
            let order = [etcd.endpoints[index]] + etcd.endpoints.filter { $0 != etcd.endpoints[index] }
            let picky = try await etcd.client(endpoints: order)
            try await picky.put("/a", [1], deadline: .seconds(5))
            try await members[index].freeze()
            do {
                _ = try await picky.transaction(
                    compare: [], success: [.put("/t", [1])], deadline: .milliseconds(400))
                Issue.record("a frozen member answered")
            } catch let error as EtcdError {
                #expect(error.outcomeUnknown, "\(error)")
            }
            #expect(try await picky.get("/a", deadline: .seconds(5))?.value == [1])
            members[index].signal(SIGCONT)
            // Without a majority nothing is done, and every call says so in time.
            for other in 0..<3 where other != index { members[other].signal(SIGKILL) }
            for _ in 0..<3 {
                await #expect(throws: EtcdError.self) {
                    try await picky.put("/a", [2], deadline: .milliseconds(500))
                }
            }
            try await picky.shutdown()
        }
    }

    @Test func `who hands the lead on has done nothing, and is asked again`() async throws {
        #expect(EtcdError(code: 2, message: "raft proposal dropped") == .handingOn)
        #expect(!EtcdError.handingOn.outcomeUnknown)
        let etcd = try TestEtcd(addresses: ["127.9.3.15", "127.9.3.16", "127.9.3.17"])
        let members = try (0..<3).map { try etcd.start($0) }
        try await etcd.withClient { client in
            try await eventually("three members have a leader") {
                (try? await client.status(of: etcd.endpoints[0]).leader).map { $0 != 0 } ?? false
            }
            let names = try await client.members(deadline: .seconds(5))
            let writing = Task {
                var dropped: [EtcdError] = []
                var number = 0
                while !Task.isCancelled {
                    number += 1
                    do throws(EtcdError) {
                        _ = try await client.transaction(
                            compare: [], success: [.put("/n", Array("\(number)".utf8))], deadline: .seconds(2)
                        )
                    } catch {
                        // Whose proposal was forwarded to such a leader never hears of it.
                        if !error.outcomeUnknown { dropped.append(error) }
                    }
                }
                return dropped
            }
            for _ in 0..<10 {
                let leader = try await client.status(of: etcd.endpoints[0], deadline: .seconds(5)).leader
                let old = try #require(names.first { $0.id == leader })
                let heir = try #require(names.first { $0.id != leader })
                let index = try #require(Int(old.name.dropFirst()))
                try? await client.transferLeadership(
                    from: etcd.endpoints[index], to: heir.id, deadline: .seconds(5))
                try await Task.sleep(for: .milliseconds(100))
            }
            writing.cancel()
            let dropped = await writing.value
            #expect(dropped.isEmpty)
        }
        for member in members { #expect(member.isRunning) }
    }

    @Test func `a full database is its own error`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.8"], options: ["--quota-backend-bytes", "\(1 << 20)"])
        let member = try etcd.start(0)
        try await etcd.withClient { client in
            await #expect(throws: EtcdError.noSpace) {
                for number in 0..<200 {
                    try await client.put("/\(number)", Array(repeating: 1, count: 100_000))
                }
            }
            #expect(try await client.get("/0") != nil)
            let status = try await client.status(of: client.target.endpoints[0])
            #expect(!status.errors.isEmpty)
        }
        #expect(member.isRunning)
    }

    @Test func `history that is gone is told with its beginning`() async throws {
        let etcd = try TestEtcd(
            addresses: ["127.9.3.9"],
            options: ["--auto-compaction-mode", "revision", "--auto-compaction-retention", "1"])
        let member = try etcd.start(0)
        try await etcd.withClient { client in
            for number in 0..<20 { try await client.put("/a", [UInt8(number)]) }
            try await runProgram(
                [
                    "curl", "-sS", "--fail", "--cacert", etcd.certificates[0].authority,
                    "--cert", etcd.certificates[0].path("host"), "--key", etcd.certificates[0].key("host"),
                    "-d", "{\"revision\":\"10\"}", "\(etcd.endpoints[0])/v3/kv/compaction",
                ], in: etcd.directory)
            do {
                for try await _ in client.watch(prefix: "/", from: 2) {}
                Issue.record("the watch ended without error")
            } catch let error as EtcdError {
                #expect(error == .compacted(oldest: 10))
            }
        }
        #expect(member.isRunning)
    }

    @Test func `strangers are turned away, and a client turns a stranger away`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.10"])
        let member = try etcd.start(0)
        try await etcd.withClient { _ in
            let stranger = try await etcd.client(as: "stranger")
            await #expect(throws: EtcdError.self) { try await stranger.get("/a") }
            try await stranger.shutdown()
            let certificates = etcd.certificates[0]
            let wary = try EtcdClient(
                EtcdTarget(
                    endpoints: etcd.endpoints,
                    tls: .init(
                        authority: certificates.path("stranger-ca"), certificate: certificates.path("host"),
                        key: certificates.key("host"))))
            await #expect(throws: EtcdError.self) { try await wary.put("/a", []) }
            try await wary.shutdown()
        }
        #expect(throws: EtcdError.self) {
            try EtcdClient(
                EtcdTarget(
                    endpoints: ["https://127.9.3.10:1"],
                    tls: .init(authority: "/no", certificate: "/no", key: "/no")))
        }
        #expect(member.isRunning)
    }
}
