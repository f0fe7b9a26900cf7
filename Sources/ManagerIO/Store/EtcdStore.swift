import AdminProtocol
import ClusterModel
import EtcdClient
import Manager
import WorkLoop

/// The site's etcd as the engine wants it.
package struct EtcdStore: CoordinationStore {
    private let client: EtcdClient
    private let prefix: String
    /// How long a watch may say nothing.
    ///
    /// Each manager publishes its report twice while a lease lasts, news or not: silence is a connection whose other end
    /// is cut off, and must be known before that host's lease ends.
    private let silence: Duration

    /// - Parameter leaseSeconds: how long a host without a sign of life keeps its lease.
    package init(client: EtcdClient, site: SiteName, leaseSeconds: Int) {
        self.client = client
        silence = .milliseconds(leaseSeconds * 700)
        prefix = StoreKey.prefix(of: site)
    }

    package func load() async throws(Refusal) -> StoreContents {
        do throws(EtcdError) {
            let range = try await client.range(prefix: prefix)
            return StoreContents(
                revision: range.revision, entries: range.pairs.compactMap { change($0, deleted: false) })
        } catch {
            throw Self.refusal(error)
        }
    }

    package func watch(after revision: Int64) -> AsyncThrowingStream<[StoreChange], any Error> {
        let batches = client.watch(prefix: prefix, from: revision + 1, silence: silence)
        return AsyncThrowingStream { continuation in
            let task = Task(executorPreference: WorkLoop.current) {
                do {
                    for try await batch in batches {
                        let changes = batch.events.compactMap { change($0.pair, deleted: $0.kind == .delete) }
                        if !changes.isEmpty { continuation.yield(changes) }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    package func grantLease(seconds: Int) async throws(Refusal) -> Int64 {
        do throws(EtcdError) {
            return try await client.grantLease(seconds: Int64(seconds)).id
        } catch {
            throw Self.refusal(error)
        }
    }

    package func keepAlive(_ lease: Int64) async throws(Refusal) -> Bool {
        do throws(EtcdError) {
            try await client.keepAlive(lease)
            return true
        } catch .leaseNotFound {
            return false
        } catch {
            throw Self.refusal(error)
        }
    }

    package func revoke(_ lease: Int64) async throws(Refusal) {
        do throws(EtcdError) {
            try await client.revoke(lease)
        } catch {
            throw Self.refusal(error)
        }
    }

    package func put(_ key: StoreKey, _ value: [UInt8], lease: Int64) async throws(Refusal) {
        do throws(EtcdError) {
            try await client.put(prefix + key.path, value, lease: lease)
        } catch {
            throw Self.refusal(error)
        }
    }

    package func campaign(as host: HostName, lease: Int64) async throws(Refusal) -> Int64? {
        let key = prefix + StoreKey.coordinator.path
        do throws(EtcdError) {
            let result = try await client.transaction(
                compare: [.exists(key, false)],
                success: [.put(key, Array(host.description.utf8), lease: lease)])
            if result.succeeded { return result.revision }
        } catch .unknownOutcome(_) {
            // Perhaps won: the key then says so, with the revision at which it came into being.
        } catch {
            throw Self.refusal(error)
        }
        return try await ownEpoch(key, host, lease)
    }

    /// Looks whether the key is this host's already.
    ///
    /// One that an earlier manager of this host has left goes, with all that its lease holds: nobody could act by it
    /// until the lease ran out.
    private func ownEpoch(_ key: String, _ host: HostName, _ lease: Int64) async throws(Refusal) -> Int64? {
        do throws(EtcdError) {
            guard let pair = try await client.get(key), pair.value == Array(host.description.utf8) else {
                return nil
            }
            if pair.lease == lease { return pair.createRevision }
            try await client.revoke(pair.lease)
            return nil
        } catch .leaseNotFound {
            return nil
        } catch {
            throw Self.refusal(error)
        }
    }

    package func lease(of host: HostName) async throws(Refusal) -> HostLease? {
        do throws(EtcdError) {
            guard let pair = try await client.get(prefix + StoreKey.host(host).path), pair.lease != 0,
                let seconds = try await client.timeToLive(of: pair.lease)
            else { return nil }
            return HostLease(id: pair.lease, secondsLeft: seconds)
        } catch .leaseNotFound {
            return nil
        } catch {
            throw Self.refusal(error)
        }
    }

    package func expire(_ host: HostName) async throws(Refusal) -> Bool {
        do throws(EtcdError) {
            guard let pair = try await client.get(prefix + StoreKey.host(host).path), pair.lease != 0 else {
                return false
            }
            try await client.revoke(pair.lease)
            return true
        } catch .leaseNotFound {
            return false
        } catch {
            throw Self.refusal(error)
        }
    }

    package func commit(
        _ writes: [StoreWrite], epoch: Int64, absent: [StoreKey], basis: StoreVersion?
    ) async throws(Refusal) -> Int64? {
        let conditions =
            [EtcdCompare.createRevision(prefix + StoreKey.coordinator.path, equals: epoch)]
            + absent.map { EtcdCompare.exists(prefix + $0.path, false) }
            + (basis.map { [EtcdCompare.modRevision(prefix + $0.key.path, equals: $0.revision)] } ?? [])
        let operations = writes.map { write -> EtcdOperation in
            guard let value = write.value else { return .delete(prefix + write.key.path) }
            return .put(prefix + write.key.path, value, lease: write.lease ?? 0)
        }
        do throws(EtcdError) {
            let result = try await client.transaction(
                compare: conditions, success: operations,
                failure: basis.map { [.get(prefix + $0.key.path)] } ?? [],
                // What may be sent again needs no long patience with a member that says nothing.
                deadline: basis == nil ? .seconds(2) : .milliseconds(700))
            if result.succeeded { return result.revision }
            // What is there may be what an earlier attempt wrote, of which nobody heard.
            guard let basis, case .range(let pairs)? = result.replies.first, let found = pairs.first,
                writes.contains(where: { $0.key == basis.key && $0.value == found.value })
            else { return nil }
            return found.modRevision
        } catch {
            throw Self.refusal(error)
        }
    }

    private func change(_ pair: EtcdPair, deleted: Bool) -> StoreChange? {
        guard let key = StoreKey(path: pair.key.dropFirst(prefix.count)) else { return nil }
        return StoreChange(
            key: key, value: deleted ? nil : pair.value, createRevision: deleted ? 0 : pair.createRevision,
            revision: pair.modRevision)
    }

    private static func refusal(_ error: EtcdError) -> Refusal {
        switch error {
        case .unreachable, .timeout, .noLeader, .handingOn:
            Refusal(
                .noQuorum, "the site's etcd does not answer with a majority (\(error)); nothing was changed",
                hint: "cluster validate")
        case .unknownOutcome:
            Refusal(
                .outcomeUnknown, "the answer of etcd was lost (\(error)): the change may have been made",
                hint: "ls")
        case .noSpace:
            Refusal(
                .storeError, "etcd has no space left: nothing can be changed, and nothing was",
                hint: "free space for etcd, compact and defragment it, then: etcdctl alarm disarm")
        case .leaseNotFound:
            Refusal(
                .noQuorum, "this host's lease has run out; nothing was changed",
                hint: "the same command again")
        default: Refusal(.storeError, "etcd refuses: \(error); nothing was changed")
        }
    }
}
