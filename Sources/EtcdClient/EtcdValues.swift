/// A key with its value as etcd holds it.
package struct EtcdPair: Sendable, Hashable {
    package var key: String
    package var value: [UInt8]
    package var createRevision: Int64
    package var modRevision: Int64
    /// 0 where it is bound to no lease.
    package var lease: Int64
}

/// The pairs of a range at one revision.
package struct EtcdRange: Sendable, Hashable {
    package var revision: Int64
    package var pairs: [EtcdPair]
}

/// A lease as it was granted or renewed.
package struct EtcdLease: Sendable, Hashable {
    package var id: Int64
    /// Whole seconds; etcd may grant more than was asked for.
    package var seconds: Int64
}

/// What one member says of itself.
package struct EtcdStatus: Sendable, Hashable {
    package var version: String
    package var member: UInt64
    /// 0 while there is none.
    package var leader: UInt64
    package var revision: Int64
    package var databaseBytes: Int64
    package var raftTerm: UInt64
    /// Such as an exhausted quota; empty in good times.
    package var errors: [String]
}

/// A member of the etcd cluster.
package struct EtcdMember: Sendable, Hashable {
    package var id: UInt64
    /// Empty until it has started for the first time.
    package var name: String
    package var peerURLs: [String]
    package var clientURLs: [String]
    package var isLearner: Bool
}

/// One condition of a transaction; all of them must hold.
package enum EtcdCompare: Sendable, Hashable {
    /// The key exists, or does not.
    case exists(String, Bool)
    case createRevision(String, equals: Int64)
    case modRevision(String, equals: Int64)
    case value(String, equals: [UInt8])
}

/// One step of a transaction.
package enum EtcdOperation: Sendable, Hashable {
    case put(String, [UInt8], lease: Int64 = 0)
    case delete(String)
    case deletePrefix(String)
    case get(String)
    case getPrefix(String)
}

/// What became of a transaction.
package struct EtcdTransaction: Sendable, Hashable {
    /// Whether the conditions held, and so which list of operations was done.
    package var succeeded: Bool
    package var revision: Int64
    /// One for each operation done, in order.
    package var replies: [Reply]

    package enum Reply: Sendable, Hashable {
        case put
        case deleted(Int64)
        case range([EtcdPair])
    }

    /// The pairs of every range among the replies.
    package var pairs: [EtcdPair] {
        replies.flatMap { reply in if case .range(let pairs) = reply { pairs } else { [EtcdPair]() } }
    }
}

/// What a watch saw at once; without events it is a sign of life: everything up to `revision` has been seen.
package struct EtcdWatchBatch: Sendable, Hashable {
    package var revision: Int64
    package var events: [EtcdEvent]
}

/// One change of one key.
package struct EtcdEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case put, delete }

    package var kind: Kind
    /// Of a deleted key only the name and the revision of its deletion.
    package var pair: EtcdPair
    package var key: String { pair.key }
}
