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

/// `operation abort`; and the words with which other tools let a person tidy up after an interrupted operation.
enum OperationChangeCommand: ShellCommand {
    static let name = "operation"
    static let patterns: [CommandPattern] = [
        "operation abort", "operation <verb:resume|undo|abandon> <entry>",
    ]
    static let summary = "End the operation that runs, and have it taken back"
    static let details = [
        "`abort` lets the operation that runs end at its next step; what it has done is taken back, and who "
            + "gave its command sees how. A switch can be aborted until the data service has agreed on the new "
            + "primary; from then on it is finished.",
        "`resume`, `undo` and `abandon` are refused, with what came of the operation: the managers finish or take "
            + "back by themselves what a coordinator that went away has left, within seconds.",
    ]
    static let notes = [
        "abort": "end what runs, and take it back", "resume": "refused: the managers finish by themselves",
        "undo": "refused: the managers take back by themselves",
        "abandon": "refused: nothing stays behind that could be given up",
        "<entry>": "the ID of an operation",
    ]
    static let examples = [CommandExample("operation abort", "after Ctrl-C in a switch that is not wanted")]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        guard let id = arguments["entry"], let verb = arguments["verb"] else {
            return try session.perform(AbortCall())
        }
        throw refusal(verb, of: try session.ask(HistoryEntryCall(id: id)))
    }

    /// Why nobody needs to tidy up after this operation.
    private static func refusal(_ verb: String, of entry: OperationRecord) -> Refusal {
        let title = "'\(entry.command)' (\(entry.id))"
        let reached = entry.reached.map { ", at the step '\($0)'" } ?? ""
        switch entry.result {
        case .running:
            return Refusal(
                .wrongState,
                "\(title) runs on '\(entry.coordinator)'\(reached); if that manager goes away, the others finish it or "
                    + "take it back within seconds, so there is nothing to \(verb)",
                hint: "operation abort")
        case .done:
            return Refusal(.wrongState, "\(title) is done; there is nothing to \(verb)", hint: show(entry))
        case .undone:
            return Refusal(
                .wrongState, "\(title) was taken back; there is nothing to \(verb)", hint: show(entry))
        case .failed:
            return Refusal(
                .wrongState, "\(title) failed, and left nothing behind to \(verb)", hint: show(entry))
        case .unknown:
            return Refusal(
                .wrongState,
                "what came of \(title) was never written down\(reached); the managers keep every host at the site's "
                    + "records, so there is nothing to \(verb)",
                hint: "ls, and \(show(entry))")
        }
    }

    private static func show(_ entry: OperationRecord) -> String { "operation show \(entry.id)" }
}
