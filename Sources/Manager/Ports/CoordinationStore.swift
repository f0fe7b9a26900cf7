import AdminProtocol
import ClusterModel

/// What a manager asks of the site's etcd.
package protocol CoordinationStore: Sendable {
    /// Everything under the site's prefix, from a majority.
    func load() async throws(Refusal) -> StoreContents

    /// Changes after `revision`, in order; the stream fails when the connection does.
    func watch(after revision: Int64) -> AsyncThrowingStream<[StoreChange], any Error>

    /// - Returns: the lease's id.
    func grantLease(seconds: Int) async throws(Refusal) -> Int64

    /// - Returns: false where the lease is gone.
    func keepAlive(_ lease: Int64) async throws(Refusal) -> Bool

    func revoke(_ lease: Int64) async throws(Refusal)

    /// The lease under which a host's report is; nil where there is none.
    func lease(of host: HostName) async throws(Refusal) -> HostLease?

    /// Ends the lease under which another host's report is, and all that it holds.
    /// - Returns: false where there is none.
    func expire(_ host: HostName) async throws(Refusal) -> Bool

    /// Writes one key under a lease.
    func put(_ key: StoreKey, _ value: [UInt8], lease: Int64) async throws(Refusal)

    /// Takes the coordinator's key if nobody has it.
    /// - Returns: the epoch, or nil where another host has it.
    func campaign(as host: HostName, lease: Int64) async throws(Refusal) -> Int64?

    /// Writes all of `writes` or nothing; only while the coordinator's key has `epoch`, and all of `absent` do not
    /// exist.
    /// - Parameter basis: one of the keys that are written, as it was when the change was decided. The change is made
    ///   only while it still is so: once at most, however often it is sent, and one that is sent late does nothing.
    /// - Returns: the revision of the writes, also where an earlier attempt has made them; nil where a condition did
    ///   not hold.
    /// - Throws: `outcomeUnknown` where the answer was lost.
    func commit(
        _ writes: [StoreWrite], epoch: Int64, absent: [StoreKey], basis: StoreVersion?
    ) async throws(Refusal) -> Int64?
}

/// A lease as etcd tells of it.
package struct HostLease: Hashable, Sendable {
    package var id: Int64
    /// Whole seconds; 0 in its last one, and when it is over and etcd has not looked yet.
    package var secondsLeft: Int64

    package init(id: Int64, secondsLeft: Int64) {
        self.id = id
        self.secondsLeft = secondsLeft
    }
}

/// What a load found.
package struct StoreContents: Sendable {
    package var revision: Int64
    package var entries: [StoreChange]

    package init(revision: Int64, entries: [StoreChange]) {
        self.revision = revision
        self.entries = entries
    }

    /// Whether everything is as `writes` would have it.
    func contains(_ writes: [StoreWrite]) -> Bool {
        let values = Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        return writes.allSatisfy { values[$0.key, default: nil] == $0.value }
    }
}

/// One key as it is now.
package struct StoreChange: Sendable {
    package var key: StoreKey
    /// Nil where the key was deleted or its lease ended.
    package var value: [UInt8]?
    /// The revision at which the key came into being; 0 for a deleted one.
    package var createRevision: Int64
    /// The revision of this change; an older change than the newest known of a key is history.
    package var revision: Int64

    package init(key: StoreKey, value: [UInt8]?, createRevision: Int64, revision: Int64) {
        self.key = key
        self.value = value
        self.createRevision = createRevision
        self.revision = revision
    }
}

/// A key as somebody has seen it.
package struct StoreVersion: Sendable {
    package var key: StoreKey
    /// The revision of its last change.
    package var revision: Int64

    package init(_ key: StoreKey, _ revision: Int64) {
        self.key = key
        self.revision = revision
    }
}

/// One key to write.
package struct StoreWrite: Sendable {
    package var key: StoreKey
    /// Nil deletes.
    package var value: [UInt8]?
    package var lease: Int64?

    package init(_ key: StoreKey, _ value: [UInt8]?, lease: Int64? = nil) {
        self.key = key
        self.value = value
        self.lease = lease
    }
}
