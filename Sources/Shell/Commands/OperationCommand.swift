import AdminProtocol
import CommandGrammar

/// `operation list`, `operation show <id>`.
enum OperationCommand: ShellCommand {
    static let name = "operation"
    static let patterns: [CommandPattern] = ["operation list", "operation show <entry>"]
    static let summary = "Show what runs now and what ended last, or one operation with its steps"
    static let details = [
        "Operations that run come first, then the \(ended) newest that have ended. `operation show` is "
            + "`history show`: the step that was reached, the lines, the receipt of a switch."
    ]
    static let notes = [
        "list": "what runs now, and what ended last", "show": "one of them with its steps",
        "<entry>": "the ID of an operation",
    ]
    static let examples = [
        CommandExample("operation list", "does something run?"),
        CommandExample("operation show 4711-3", "how far it is"),
    ]

    /// Ended operations in the list.
    private static let ended = 10

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        if let id = arguments["entry"] {
            return try session.show(entryOfJournal: id)
        }
        let all = try session.ask(HistoryCall(limit: 1000))
        let entries =
            all.filter { $0.result == .running } + all.filter { $0.result != .running }.prefix(ended)
        return try session.show(journal: entries)
    }
}
