import AdminProtocol
import ClusterModel
import Manager
import Synchronization

/// Copies between the hosts of a test, in memory: an exchange gives a server the donor's transactions.
package final class FakeCopies: CopyControl {
    let host: HostName
    let servers: FakeServers
    let diary: Diary
    private let received = Mutex<HostName?>(nil)
    /// Bytes that are free beside the data.
    package let room = Mutex<Int64>(1 << 40)
    private let saved = Mutex<[SavedTail]>([])

    package init(_ host: HostName, _ servers: FakeServers, _ diary: Diary) {
        self.host = host
        self.servers = servers
        self.diary = diary
    }

    package func measure() async throws(Refusal) -> HostCopyReply {
        try await diary.perform("measure", on: host) { () async throws(Refusal) in
            var reply = HostCopyReply()
            reply.bytes = 1 << 20
            reply.room = room.withLock { $0 }
            return reply
        }
    }

    package func send(
        _ token: String, progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        throw Refusal(.internalError, "nobody asks for it here")
    }

    package func receive(
        from source: HostName, address: String, bytes: Int64, epoch: Int64,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Refusal) -> HostCopyReply {
        try await diary.perform("receive from \(source)", on: host) { () async throws(Refusal) in
            progress("'\(host)' 1 MiB of about 1 MiB received")
            received.withLock { $0 = source }
            var reply = HostCopyReply()
            reply.copy = "1"
            return reply
        }
    }

    package func exchange(_ copy: String) async throws(Refusal) -> [String] {
        try await diary.perform("exchange", on: host) { () async throws(Refusal) in
            guard let source = received.withLock({ $0 }), let donor = servers[source] else {
                throw Refusal(.failed, "there is no complete copy")
            }
            try servers.change(host) { server in
                server.stop()
                server.log = donor.log
                server.links = [:]
                server.start()
            }
            return ["exchanged"]
        }
    }

    package func discard(_ copy: String) async {
        _ = try? await diary.perform("discard", on: host) { () async throws(Refusal) in }
    }

    package func mend() async throws(Refusal) -> [String] { [] }

    package func history() async throws(Refusal) -> GTIDHistory {
        GTIDHistory((servers[host]?.log ?? [:]).sorted { $0.key < $1.key }.flatMap(\.value))
    }

    package func tail(_ domain: UInt32, after: GTID?, save: Bool) async throws(Refusal) -> HostCopyReply {
        try await diary.perform(save ? "save tail" : "tail", on: host) { () async throws(Refusal) in
            let log = servers[host]?.log[domain] ?? []
            let tail = log.filter { $0.sequence > after?.sequence ?? 0 }
            var reply = HostCopyReply()
            reply.gtids = tail
            reply.transactions = tail.count
            guard save, let first = tail.first, let last = tail.last else { return reply }
            let file = SavedTail(
                host: host, savedAt: WallTime(milliseconds: 0), transactions: tail.count, first: first,
                last: last, readable: "/tails/\(host).sql", binaryLog: "/tails/\(host).binlog", bytes: 1)
            saved.withLock { if !$0.contains(file) { $0.append(file) } }
            reply.tails = [file]
            return reply
        }
    }

    package func tails() async throws(Refusal) -> [SavedTail] { saved.withLock { $0 } }
}
