import AdminProtocol
import ClusterModel
import Planning

/// A change of the site's records that is decided and not made yet: a command makes it, its plan shows it.
struct RecordChange: Sendable {
    /// As typed, for the journal.
    var command: String
    /// Empty where everything is so already.
    var edits: [RecordEdit]
    /// What is said when it is done.
    var lines: [String]
    /// Whether it may be made while an operation runs.
    var besideOperations = false
}

extension Coordinator {
    /// Writes the records and the journal's entry in one transaction.
    /// - Returns: the entry's id; nil where there was nothing to write.
    @discardableResult
    func make(_ change: RecordChange, by author: String) async throws(Refusal) -> String? {
        guard !change.edits.isEmpty else { return nil }
        let id = nextOperation()
        var writes: [StoreWrite] = []
        for edit in change.edits { writes.append(try write(edit)) }
        writes.append(try entry(id, change.command, by: author, change.lines))
        try await commit(writes, absent: change.besideOperations ? [] : [.operation])
        return id
    }

    /// The journal's entry of something that is done with the transaction that it belongs to.
    func entry(
        _ id: String, _ command: String, by author: String, _ lines: [String]
    ) throws(Refusal) -> StoreWrite {
        let now = WallTime.now
        let record = OperationRecord(
            id: id, command: command, by: author, coordinator: host, startedAt: now, endedAt: now,
            result: .done, lines: lines)
        return try write(.history(id), record)
    }

    func write(_ edit: RecordEdit) throws(Refusal) -> StoreWrite {
        switch edit {
        case .policy(let record): try write(.policy, record)
        case .dataSource(let host, let record): try write(.dataSource(host), record)
        case .router(let host, let wanted): try write(.router(host), wanted)
        case .replicator(let host, let wanted?): try write(.replicator(host), wanted)
        case .replicator(let host, nil): StoreWrite(.replicator(host), nil)
        }
    }
}
