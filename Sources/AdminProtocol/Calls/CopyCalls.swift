import ClusterModel

/// `datasource <ds> reprovision [from <ds>]`: replaces a data source's data by a copy of another's.
///
/// What its data holds and no other server does is written to files before. Ends with its caller until the copy is
/// complete; putting it in the place of the data goes on.
package struct ReprovisionCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "datasource.reprovision"
    package static let access = AccessRole.operator
    package var endsWithCaller: Bool { true }
    package var longest: Int? { DataCopy.longest }

    package var name: HostName
    /// The data source to copy; nil lets the coordinator choose.
    package var source: HostName?
    /// Whether transactions that clients may have been told are safe can go, and an ONLINE replica be taken.
    package var force: Bool

    package init(name: HostName, source: HostName? = nil, force: Bool = false) {
        self.name = name
        self.source = source
        self.force = force
    }
}

/// `datasource <ds> tails`: transactions that were saved on a host before they were removed from its server.
package struct TailsCall: AdminCall {
    package typealias Reply = [SavedTail]
    package static let method = "datasource.tails"
    package static let access = AccessRole.observer

    package var name: HostName

    package init(name: HostName) { self.name = name }
}

/// Transactions that only one server had, in two files on its host.
package struct SavedTail: Codable, Hashable, Sendable {
    package var host: HostName
    package var savedAt: WallTime
    package var transactions: Int
    package var first: GTID
    package var last: GTID
    /// For people: rows as comments, which no client would execute.
    package var readable: String
    /// The same as a binary log of its own: `mariadb-binlog` makes statements of it that can be replayed.
    package var binaryLog: String
    package var bytes: Int64

    package init(
        host: HostName, savedAt: WallTime, transactions: Int, first: GTID, last: GTID, readable: String,
        binaryLog: String, bytes: Int64
    ) {
        self.host = host
        self.savedAt = savedAt
        self.transactions = transactions
        self.first = first
        self.last = last
        self.readable = readable
        self.binaryLog = binaryLog
        self.bytes = bytes
    }
}

/// What the coordinator, or the host that gets a copy, has a host's manager do about copies between hosts.
package struct HostCopyCall: AdminCall {
    package typealias Reply = HostCopyReply
    package static let method = "agent.copy"
    package static let access = AccessRole.manager
    package var endsWithCaller: Bool { true }

    package enum Action: Codable, Hashable, Sendable {
        /// How much data there is, and how much room.
        case measure
        /// Copies this host's data into the stream that the receiver opens with this word.
        case send(token: String)
        /// Takes a copy of another host's data, beside the own; `bytes` are about what will come.
        case receive(from: HostName, address: String, bytes: Int64)
        /// Puts a received copy in the place of the data.
        case exchange(copy: String)
        /// Removes a received copy.
        case discard(copy: String)
        /// Finishes or takes back an exchange that was broken off.
        case mend
        /// What the binary log holds, read from its files: for a server that does not run.
        case history
        /// The transactions of a domain after `after`, counted in the log's files, and saved where that is wanted.
        case tail(domain: UInt32, after: GTID?, save: Bool)
        case tails
    }

    /// See `AgentCall`.
    package var epoch: Int64
    package var action: Action

    package init(epoch: Int64, action: Action) {
        self.epoch = epoch
        self.action = action
    }
}

/// What came of it; what an action does not find stays nil.
package struct HostCopyReply: Codable, Hashable, Sendable {
    /// Of the data; or sent, or received.
    package var bytes: Int64?
    /// Where the data is.
    package var room: Int64?
    /// Of the server.
    package var version: String?
    package var history: GTIDHistory?
    /// The name of a received copy.
    package var copy: String?
    /// Where the copied server stood.
    package var position: GTIDPosition?
    /// Transactions of a tail, the first thousand.
    package var gtids: [GTID]?
    package var transactions: Int?
    /// Whether no client was told that one of them is safe.
    package var unconfirmed: Bool?
    package var tails: [SavedTail]?
    package var lines: [String]

    package init(lines: [String] = []) { self.lines = lines }
}
