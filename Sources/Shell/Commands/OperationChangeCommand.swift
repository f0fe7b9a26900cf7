import AdminProtocol
import ClusterModel
import CommandGrammar

/// `operation abort|resume|undo|abandon`: ends what runs, or goes on from what has ended.
enum OperationChangeCommand: ShellCommand {
    static let name = "operation"
    static let patterns: [CommandPattern] = [
        "operation abort", "operation <verb:resume|undo|abandon> <entry>",
    ]
    static let summary = "End the operation that runs, or do a switch of the past again or back"
    static let details = [
        "`abort` lets the operation that runs end at its next step; what it has done is taken back, and who "
            + "gave its command sees how. A switch can be aborted until the data service has agreed on the new "
            + "primary; from then on it is finished.",
        "`resume` does a switch again that failed, was aborted or broken off, with `--cut-sessions` where that was "
            + "given; force is that of this session. `undo` moves the primary role back "
            + "after a switch that was done. Both are switches of their own, with all that is checked for one, and "
            + "only for the last operation that has moved the role.",
        "`abandon` is refused, with what came of the operation: the managers finish or take back by themselves what "
            + "a coordinator that went away has left, within seconds.",
    ]
    static let notes = [
        "abort": "end what runs, and take it back", "resume": "do a switch again that was not done",
        "undo": "move the primary role back after a switch",
        "abandon": "refused: nothing stays behind that could be given up",
        "<entry>": "the ID of an operation",
    ]
    static let examples = [
        CommandExample("operation abort", "after Ctrl-C in a switch that is not wanted"),
        CommandExample("operation undo 4711-3", "back to the former primary"),
    ]
    static let effect = Effect.changes

    static func run(_ arguments: Arguments, in session: Session) throws(Refusal) -> Ending {
        guard let id = arguments["entry"], let verb = arguments["verb"] else {
            return try session.perform(AbortCall())
        }
        let entry = try session.ask(HistoryEntryCall(id: id))
        guard let target = target(verb, of: entry) else { throw refusal(verb, of: entry) }
        try check(entry, verb, in: session)
        let isSameAgain = verb == "resume"
        return try session.perform(
            SwitchCall(
                target: target, force: session.force,
                cutSessions: isSameAgain && hasCutSessions(entry) ? true : nil))
    }

    /// Where the primary role goes; nil where the operation leaves nothing to do in this way.
    private static func target(_ verb: String, of entry: OperationRecord) -> HostName? {
        guard entry.command.hasPrefix("switch"), let move = entry.move else { return nil }
        return switch (verb, entry.result) {
        case ("resume", .failed), ("resume", .undone), ("resume", .unknown): move.to
        case ("undo", .done), ("undo", .unknown): move.from
        default: nil
        }
    }

    private static func hasCutSessions(_ entry: OperationRecord) -> Bool {
        entry.command.split(separator: " ").contains("--cut-sessions")
    }

    /// An old entry must not move a role that has moved since.
    private static func check(_ entry: OperationRecord, _ verb: String, in session: Session) throws(Refusal) {
        let later = try session.ask(HistoryCall(limit: 1000)).first {
            $0.startedAt > entry.startedAt && $0.move != nil && $0.result != .undone && $0.result != .failed
        }
        guard let later else { return }
        throw Refusal(
            .wrongState,
            "'\(later.command)' (\(later.id)) has moved the primary role since '\(entry.command)' (\(entry.id)); there"
                + " is nothing to \(verb)", hint: "ls, and: switch to <datasource>")
    }

    /// Why there is nothing to do.
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
            let word = verb == "undo" ? ", and no switch: it is undone by a command of its own" : ""
            return Refusal(
                .wrongState, "\(title) is done\(word); there is nothing to \(verb)", hint: show(entry))
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
