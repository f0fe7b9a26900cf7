import AdminProtocol
import ClusterModel
import EtcdClient
import Glibc
import Manager
import ManagerIO
import ServerHarness
import Testing

/// What a manager decides reaches a real etcd once, however often it is sent.
@Suite(.serialized) struct EtcdStoreTests {
    private let site: SiteName
    private let host: HostName

    init() throws {
        site = try #require(SiteName("east"))
        host = try #require(HostName("east1"))
    }

    @Test func `a decision that is sent again is made once, and a late one not at all`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.21"])
        let member = try etcd.start(0)
        try await etcd.withClient { client in
            let store = EtcdStore(client: client, site: site, leaseSeconds: 3)
            let (epoch, basis) = try await found(store)
            let decision = [StoreWrite(.primary, [2]), StoreWrite(.dataSource(host), [7])]
            let made = try await store.commit(decision, epoch: epoch, absent: [], basis: basis)
            #expect(made != nil && made != basis.revision)
            #expect(try await store.commit(decision, epoch: epoch, absent: [], basis: basis) == made)
            // What was decided on the same basis, and comes after it.
            let late = [StoreWrite(.primary, [3])]
            #expect(try await store.commit(late, epoch: epoch, absent: [], basis: basis) == nil)
            let found = try await store.load().entries
            for write in decision {
                let entry = try #require(found.first { $0.key == write.key })
                #expect(entry.value == write.value && entry.revision == made)
            }
        }
        #expect(member.isRunning)
    }

    @Test func `a member that is frozen leaves a decision open until it is sent again`() async throws {
        let etcd = try TestEtcd(addresses: ["127.9.3.22"])
        let member = try etcd.start(0)
        try await etcd.withClient { client in
            let store = EtcdStore(client: client, site: site, leaseSeconds: 3)
            let (epoch, basis) = try await found(store)
            let decision = [StoreWrite(.primary, [2])]
            try await member.freeze()
            let refusal = await #expect(throws: Refusal.self) {
                try await store.commit(decision, epoch: epoch, absent: [], basis: basis)
            }
            #expect(refusal?.code == .outcomeUnknown)
            member.signal(SIGCONT)
            // Done or not by the request that lay before the frozen member, it is done once after this.
            let made = try #require(
                try await store.commit(decision, epoch: epoch, absent: [], basis: basis))
            let found = try #require(try await store.load().entries.first { $0.key == .primary })
            #expect(found.value == [2] && found.revision == made)
        }
    }

    /// The epoch of a coordinator, and the primary's record as it has written it.
    private func found(_ store: EtcdStore) async throws -> (epoch: Int64, basis: StoreVersion) {
        let lease = try await store.grantLease(seconds: 60)
        let epoch = try #require(try await store.campaign(as: host, lease: lease))
        let first = try #require(
            try await store.commit([StoreWrite(.primary, [1])], epoch: epoch, absent: [], basis: nil))
        return (epoch, StoreVersion(.primary, first))
    }
}
