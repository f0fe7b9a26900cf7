import ClusterModel

/// `history [n]`: the newest entries of the site's journal, newest first, without their lines.
package struct HistoryCall: AdminCall {
    package typealias Reply = [OperationRecord]
    package static let method = "history.list"
    package static let access = AccessRole.observer

    /// Entries wanted at most.
    package var limit: Int

    package init(limit: Int) { self.limit = limit }
}

/// `history show <id>`: one entry with its lines.
package struct HistoryEntryCall: AdminCall {
    package typealias Reply = OperationRecord
    package static let method = "history.show"
    package static let access = AccessRole.observer

    package var id: String

    package init(id: String) { self.id = id }
}

/// One entry of the site's journal: who did what, when, and how it ended.
package struct OperationRecord: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Sendable {
        case running, done, undone, failed, unknown
    }

    package var id: String
    /// The command with what lets it pass over checks, such as `switch to east2 --cut-sessions (force)`; of a rule, what
    /// it found.
    package var command: String
    /// The name in the certificate of who asked; `rules` for what the coordinator did by itself.
    package var by: String
    package var coordinator: HostName
    package var startedAt: WallTime
    /// Nil while it runs, and where its coordinator went away before its end was written.
    package var endedAt: WallTime?
    package var result: Result
    /// The lines that the operator saw.
    package var lines: [String]
    /// How long each step of a switch took; nil for everything else.
    package var steps: [StepTime]?
    /// Of a switch: which role moves.
    package var move: RoleMove?
    /// The last step that was begun and written down; nil before the first.
    package var reached: String?
    /// What a switch cost; nil for everything else, and where it did not succeed.
    package var receipt: SwitchReceipt?

    package init(
        id: String, command: String, by: String, coordinator: HostName, startedAt: WallTime,
        endedAt: WallTime? = nil, result: Result, lines: [String], steps: [StepTime]? = nil
    ) {
        self.id = id
        self.command = command
        self.by = by
        self.coordinator = coordinator
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.result = result
        self.lines = lines
        self.steps = steps
    }

    /// The author of what the coordinator does by itself.
    package static let rules = "rules"
}

/// From where to where the primary role goes.
package struct RoleMove: Codable, Hashable, Sendable {
    package var from: HostName
    package var to: HostName

    package init(from: HostName, to: HostName) {
        self.from = from
        self.to = to
    }
}

/// One step of an operation that has run.
package struct StepTime: Codable, Hashable, Sendable {
    /// The step's word, such as `freeze`.
    package var step: String
    package var milliseconds: Double
    /// Milliseconds since the operation began; nil in entries of earlier versions.
    package var began: Double?

    package init(step: String, milliseconds: Double, began: Double? = nil) {
        self.step = step
        self.milliseconds = milliseconds
        self.began = began
    }
}
