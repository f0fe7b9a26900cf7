import AdminProtocol
import ClusterModel
import Manager
import Synchronization

/// A site's etcd in memory: revisions, leases, conditions, watches.
package final class FakeEtcd: Sendable {
    struct Entry: Sendable {
        var value: [UInt8]
        var created: Int64
        var changed: Int64
        var lease: Int64?
    }

    struct Watcher: Sendable {
        var host: HostName
        var continuation: AsyncThrowingStream<[StoreChange], any Error>.Continuation
    }

    struct State {
        var revision: Int64 = 1
        var entries: [StoreKey: Entry] = [:]
        var leases: [Int64: HostName] = [:]
        var watchers: [Int: Watcher] = [:]
        var history: [[StoreChange]] = []
        var cut: Set<HostName> = []
        var next: Int64 = 1
    }

    let state = Mutex(State())

    package init() {}

    /// Takes a host away from the majority, or gives it back; its leases go on until `expire`.
    package func cut(_ host: HostName, _ isCut: Bool = true) {
        let watchers = state.withLock { state in
            if isCut { state.cut.insert(host) } else { state.cut.remove(host) }
            return state.watchers.values.filter { isCut && $0.host == host }
        }
        for watcher in watchers { watcher.continuation.finish(throwing: Self.gone) }
    }

    /// Lets the leases of a host run out.
    package func expire(_ host: HostName) {
        state.withLock { state in
            for (lease, owner) in state.leases where owner == host { Self.end(lease, in: &state) }
        }
    }

    /// Puts a value as if another process had.
    package func put(_ key: StoreKey, _ value: [UInt8]?) {
        state.withLock { _ = Self.write([StoreWrite(key, value)], in: &$0) }
    }

    package func value(_ key: StoreKey) -> [UInt8]? { state.withLock { $0.entries[key]?.value } }

    package func values(where isWanted: (StoreKey) -> Bool) -> [[UInt8]] {
        state.withLock { $0.entries.filter { isWanted($0.key) }.map(\.value.value) }
    }

    /// How often a key was written.
    package func changes(of key: StoreKey) -> Int {
        state.withLock { $0.history.joined().count { $0.key == key } }
    }

    static let gone = Refusal(.noQuorum, "the site's etcd does not answer with a majority")

    @discardableResult
    static func write(_ writes: [StoreWrite], in state: inout State) -> Int64 {
        state.revision += 1
        let revision = state.revision
        var changes: [StoreChange] = []
        for write in writes {
            if let value = write.value {
                let created = state.entries[write.key]?.created ?? revision
                state.entries[write.key] = Entry(
                    value: value, created: created, changed: revision, lease: write.lease)
                changes.append(
                    StoreChange(key: write.key, value: value, createRevision: created, revision: revision))
            } else if state.entries.removeValue(forKey: write.key) != nil {
                changes.append(StoreChange(key: write.key, value: nil, createRevision: 0, revision: revision))
            }
        }
        state.history.append(changes)
        for watcher in state.watchers.values where !state.cut.contains(watcher.host) {
            watcher.continuation.yield(changes)
        }
        return revision
    }

    static func end(_ lease: Int64, in state: inout State) {
        state.leases[lease] = nil
        let keys = state.entries.filter { $0.value.lease == lease }.keys
        write(keys.map { StoreWrite($0, nil) }, in: &state)
    }
}

/// A site's etcd as one host reaches it.
package struct FakeStore: CoordinationStore {
    let host: HostName
    let etcd: FakeEtcd
    let diary: Diary

    package init(_ host: HostName, _ etcd: FakeEtcd, _ diary: Diary) {
        self.host = host
        self.etcd = etcd
        self.diary = diary
    }

    package func load() async throws(Refusal) -> StoreContents {
        try reach { state in
            StoreContents(
                revision: state.revision,
                entries: state.entries.map {
                    StoreChange(
                        key: $0.key, value: $0.value.value, createRevision: $0.value.created,
                        revision: $0.value.changed)
                })
        }
    }

    package func watch(after revision: Int64) -> AsyncThrowingStream<[StoreChange], any Error> {
        let (stream, continuation) = AsyncThrowingStream<[StoreChange], any Error>.makeStream()
        let number = etcd.state.withLock { state -> Int? in
            guard !state.cut.contains(host) else { return nil }
            for changes in state.history where (changes.first?.revision ?? 0) > revision {
                continuation.yield(changes)
            }
            let number = Int(state.next)
            state.next += 1
            state.watchers[number] = FakeEtcd.Watcher(host: host, continuation: continuation)
            return number
        }
        guard let number else {
            continuation.finish(throwing: FakeEtcd.gone)
            return stream
        }
        // On a task of its own: a cancelled task is locked here, and `write` wakes tasks while it holds the state.
        continuation.onTermination = { [etcd] _ in
            Task { etcd.state.withLock { $0.watchers[number] = nil } }
        }
        return stream
    }

    package func grantLease(seconds: Int) async throws(Refusal) -> Int64 {
        try reach { state in
            state.next += 1
            state.leases[state.next] = host
            return state.next
        }
    }

    package func keepAlive(_ lease: Int64) async throws(Refusal) -> Bool {
        try reach { $0.leases[lease] != nil }
    }

    package func revoke(_ lease: Int64) async throws(Refusal) {
        try reach { FakeEtcd.end(lease, in: &$0) }
    }

    package func lease(of host: HostName) async throws(Refusal) -> HostLease? {
        try reach { state in
            state.entries[.host(host)]?.lease.map { HostLease(id: $0, secondsLeft: 3) }
        }
    }

    package func expire(_ host: HostName) async throws(Refusal) -> Bool {
        try reach { state in
            guard let lease = state.entries[.host(host)]?.lease else { return false }
            FakeEtcd.end(lease, in: &state)
            return true
        }
    }

    package func put(_ key: StoreKey, _ value: [UInt8], lease: Int64) async throws(Refusal) {
        let isWritten = try reach { state in
            guard state.leases[lease] != nil else { return false }
            FakeEtcd.write([StoreWrite(key, value, lease: lease)], in: &state)
            return true
        }
        guard isWritten else { throw Refusal(.noQuorum, "this host's lease has run out") }
    }

    package func campaign(as host: HostName, lease: Int64) async throws(Refusal) -> Int64? {
        try reach { state in
            guard state.entries[.coordinator] == nil, state.leases[lease] != nil else { return nil }
            return FakeEtcd.write(
                [StoreWrite(.coordinator, Array(host.description.utf8), lease: lease)], in: &state)
        }
    }

    package func commit(
        _ writes: [StoreWrite], epoch: Int64, absent: [StoreKey], basis: StoreVersion?
    ) async throws(Refusal) -> Int64? {
        try await diary.perform("commit \(writes.map(\.key.kind).joined(separator: " "))", on: host) {
            () async throws(Refusal) in
            try reach { state in
                if let basis, let found = state.entries[basis.key], found.changed != basis.revision {
                    let isMade = writes.contains { $0.key == basis.key && $0.value == found.value }
                    return isMade ? found.changed : nil
                }
                guard state.entries[.coordinator]?.created == epoch,
                    absent.allSatisfy({ state.entries[$0] == nil }),
                    writes.allSatisfy({ $0.lease.map { state.leases[$0] != nil } ?? true })
                else { return nil }
                return FakeEtcd.write(writes, in: &state)
            }
        }
    }

    private func reach<Value>(_ body: (inout FakeEtcd.State) -> Value) throws(Refusal) -> Value {
        // As over a network: who has given up hears nothing.
        guard !Task.isCancelled else { throw Refusal(.outcomeUnknown, "the answer of etcd was lost") }
        let value = etcd.state.withLock { state -> Value? in
            state.cut.contains(host) ? nil : body(&state)
        }
        guard let value else { throw FakeEtcd.gone }
        return value
    }
}

extension StoreKey {
    /// The key without the number of the operation, so that runs can be compared.
    var kind: String {
        if case .history = self { return "history" }
        return path
    }
}
