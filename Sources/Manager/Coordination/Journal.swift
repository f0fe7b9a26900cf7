import AdminProtocol
import ClusterModel
import Logging
import Planning
import WorkLoop

/// The site's journal in memory: every manager answers questions about it at once.
package struct Journal: Sendable {
    /// Entries that are kept.
    package static let limit = 1000
    /// How long an entry is kept, in seconds: 90 days.
    package static let keepSeconds = 90.0 * 86_400
    /// Entries that go in one transaction: etcd takes 128 operations.
    static let batch = 100

    private var entries: [String: OperationRecord] = [:]

    package init() {}

    mutating func set(_ id: String, _ record: OperationRecord?) { entries[id] = record }

    package subscript(_ id: String) -> OperationRecord? { entries[id] }

    /// Entries, newest first.
    package var newestFirst: [OperationRecord] { entries.values.sorted { Self.isOlder($1, $0) } }

    /// The entry of the last operation that began.
    var newest: OperationRecord? { entries.values.max(by: Self.isOlder) }

    package var count: Int { entries.count }

    /// What must go: beyond the newest `limit`, or too old; the oldest first, as many as fit in one transaction.
    func superfluous(now: WallTime) -> [String] {
        let isFull = entries.count > Self.limit
        let isOld = entries.values.contains { now.seconds(since: $0.startedAt) > Self.keepSeconds }
        guard isFull || isOld else { return [] }
        let sorted = entries.values.sorted(by: Self.isOlder)
        let excess = max(0, sorted.count - Self.limit)
        let old = sorted.prefix { now.seconds(since: $0.startedAt) > Self.keepSeconds }.count
        return sorted.prefix(min(Self.batch, max(excess, old))).map(\.id)
    }

    /// Entries of earlier coordinators that have no end.
    func open(before epoch: Int64) -> [OperationRecord] {
        entries.values.filter { $0.result == .running && !$0.id.hasPrefix("\(epoch)-") }
    }

    /// By the coordinators' epochs and their own counts: clocks of different hosts may differ, and be set.
    private static func isOlder(_ left: OperationRecord, _ right: OperationRecord) -> Bool {
        func number(_ id: String) -> [Int] { id.split(separator: "-").map { Int($0) ?? 0 } }
        let (first, second) = (number(left.id), number(right.id))
        return first == second
            ? left.startedAt < right.startedAt : first.lexicographicallyPrecedes(second)
    }
}

extension OperationRecord {
    /// Ends an entry whose coordinator went away.
    ///
    /// What came of a switch shows in the site's records: the transaction that names the new primary is its point of
    /// no return. The agents have taken back or finished the rest.
    package mutating func close(primary: HostName?) {
        let step = reached.map { " AT THE STEP '\($0)'" } ?? ""
        let gone = "ITS COORDINATOR '\(coordinator)' WENT AWAY\(step)"
        switch move {
        case let move? where primary == move.to:
            result = .done
            lines.append("\(gone); THE SITE HAD AGREED ON '\(move.to)', AND THE MANAGERS FINISHED IT")
        case let move? where primary == move.from:
            result = .undone
            lines.append("\(gone); '\(move.from)' GOES ON AS THE PRIMARY")
        default:
            result = .unknown
            lines.append("\(gone) BEFORE IT ENDED")
        }
    }
}

extension Coordinator {
    /// Removes what the journal keeps no longer, a transaction's worth at a time, and closes what an earlier
    /// coordinator has left open.
    func prune() async throws(Refusal) {
        if let epoch = membership.leadership?.epoch {
            for var record in board.journal.open(before: epoch)
            where board.snapshot.operation?.id != record.id {
                record.close(primary: board.snapshot.primary)
                try await commit([try write(.history(record.id), record)])
            }
        }
        let ids = board.journal.superfluous(now: .now)
        guard !ids.isEmpty else { return }
        try await commit(ids.map { StoreWrite(.history($0), nil) })
    }

    /// Does something that takes a while and is no operation of the whole site, with an entry in the journal.
    ///
    /// A journal that cannot be written stops nothing: what is asked for is done all the same.
    /// - Parameter command: nil for what is not worth an entry.
    func journaled(
        _ command: String?, by author: String, _ body: () async throws(Refusal) -> Outcome
    ) async throws(Refusal) -> Outcome {
        guard let command else { return try await body() }
        var record = OperationRecord(
            id: nextOperation(), command: command, by: author, coordinator: host, startedAt: .now,
            result: .running, lines: [])
        await note(record)
        do throws(Refusal) {
            var outcome = try await body()
            record.result = .done
            record.lines = Array(outcome.lines.prefix(200))
            record.endedAt = .now
            await note(record)
            outcome.operation = record.id
            return outcome
        } catch {
            record.result = error.code == .outcomeUnknown ? .unknown : .failed
            record.lines = [error.message]
            record.endedAt = .now
            await note(record)
            throw error
        }
    }

    /// Writes an entry, or its new state.
    func note(_ record: OperationRecord) async {
        // A caller that has gone leaves its entry behind all the same.
        await regardless { [self] in
            do throws(Refusal) {
                try await commit([try write(.history(record.id), record)])
            } catch {
                log.warning(
                    "the journal was not written", metadata: ["id": "\(record.id)", "why": "\(error)"])
            }
        }
    }
}
